export { trafficLight, trafficLightModel } from "./traffic-light.ts";
