export { mqtt, mqttOver } from "./mqtt.ts";
export type { MqttConnection } from "./visitors/connection.ts";
export type { MqttVisitor } from "./visitors/visitor.ts";
