export { type Advertised, advertisingData } from "./advertising-data.ts";
export { controllerPort } from "./controller-port.ts";
export {
  GattServer,
  SimCharacteristic,
  type SimCharacteristicOptions,
  type SimServiceOptions,
  type SimUse,
} from "./gatt-server.ts";
export { bthomeAdvertised, bthomeEncrypted, type Climate, pvvxAdvertised, ruuviAdvertised } from "./sensor-payloads.ts";
export { type ControllerServer, serveController } from "./serve-controller.ts";
export { SimController, type SimControllerOptions } from "./sim-controller.ts";
export { SimDevice, type SimDeviceOptions } from "./sim-device.ts";
export { type SimThermometer, startThermometer } from "./start-thermometer.ts";
