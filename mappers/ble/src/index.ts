export { ble, bluetooth } from "./ble.ts";
export { type SensorFormat, sensorFormats } from "./sensors/sensor-format.ts";
export type { BleVisitor } from "./session/visitor.ts";
