/**
 * For mappers of devices that speak MQTT in a way of their own: the connection to the broker, shared, coming back by
 * itself, with credentials by name. `examples/air-purifier` is one.
 */
export { BrokerLink, type Listener } from "./link/broker-link.ts";
export type { Message, Received } from "./link/client.ts";
export { acquireLink, type LinkUser } from "./link/links.ts";
export { type BrokerAddress, type OpenStream, type OpenStreamContext, openSocket } from "./link/open-socket.ts";
export { type Broker, type BrokerSettings, brokerFields, brokerOf } from "./visitors/broker.ts";
