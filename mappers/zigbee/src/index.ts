export { zigbeeCoordinator } from "./coordinator/coordinator.ts";
export type { ZigbeeVisitor } from "./visitor.ts";
export { zigbee } from "./zigbee.ts";
export { zigbee2mqtt } from "./zigbee2mqtt/zigbee2mqtt.ts";
