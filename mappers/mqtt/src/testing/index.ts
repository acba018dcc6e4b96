export { type BrokerFaults, type BrokerOptions, EmulatedBroker, type Subscriber } from "./emulated-broker.ts";
export {
  type DeviceBroker,
  type EmulatedDevice,
  esphomeLight,
  shellyFirst,
  shellyPlus,
  tasmotaPlug,
} from "./emulated-devices.ts";
export { type BrokerServer, serveBroker } from "./serve-broker.ts";
export { simulatedBroker } from "./simulated-broker.ts";
