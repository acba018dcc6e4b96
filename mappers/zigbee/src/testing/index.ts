export { Air } from "./air.ts";
export { clusters, colorBulb, contactSensor, meteringPlug, setContact, temperatureSensor } from "./devices.ts";
export { EmulatedDevice, type EmulatedDeviceParts } from "./emulated-device.ts";
export { NvMemory } from "./nv-memory.ts";
export { type ServedRoom, serveRoom } from "./serve-room.ts";
export { type ServedZnp, serveZnp } from "./serve-znp.ts";
export type { ZclValue } from "./zcl-value.ts";
export { ZnpCoordinator } from "./znp-coordinator.ts";
export type { AirFrame, ZnpCoordinatorOptions } from "./znp-options.ts";
