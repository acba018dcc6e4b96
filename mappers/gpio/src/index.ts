export { gpio } from "./gpio.ts";
