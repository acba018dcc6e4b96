export { modbus } from "./modbus.ts";
