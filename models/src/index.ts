export type { Device, DeviceModel, DeviceStatus } from "./v1beta1.ts";
