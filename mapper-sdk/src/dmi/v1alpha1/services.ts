/** KubeEdge's device-mapper interface, protobuf package `v1alpha1`: requests, responses and the two services. */
import { service, unary } from "../transport/service.ts";
import { mapperInfo } from "../v1beta1/services.ts";
import { many, maybe, one } from "../wire/field.ts";
import { message } from "../wire/message.ts";
import { bool, text } from "../wire/scalar.ts";
import { device, deviceModel, deviceStatus } from "./messages.ts";

const withDevice = (name: string) => message(`v1alpha1.${name}`, { device: maybe(1, device) });
const withModel = (name: string) => message(`v1alpha1.${name}`, { model: maybe(1, deviceModel) });
const withDeviceName = (name: string) => message(`v1alpha1.${name}`, { deviceName: one(1, text) });
const empty = (name: string) => message(`v1alpha1.${name}`, {});

/** Served by the manager: EdgeCore 1.12 to 1.14, or our agent. */
export const deviceManager = service("v1alpha1.DeviceManagerService", {
  mapperRegister: unary(
    message("v1alpha1.MapperRegisterRequest", { withData: one(1, bool), mapper: maybe(2, mapperInfo) }),
    message("v1alpha1.MapperRegisterResponse", { modelList: many(1, deviceModel), deviceList: many(2, device) }),
  ),
  reportDeviceStatus: unary(
    message("v1alpha1.ReportDeviceStatusRequest", { deviceName: one(1, text), reportedDevice: maybe(2, deviceStatus) }),
    empty("ReportDeviceStatusResponse"),
  ),
});

/** Served by a mapper. */
export const deviceMapper = service("v1alpha1.DeviceMapperService", {
  registerDevice: unary(withDevice("RegisterDeviceRequest"), withDeviceName("RegisterDeviceResponse")),
  removeDevice: unary(withDeviceName("RemoveDeviceRequest"), empty("RemoveDeviceResponse")),
  updateDevice: unary(withDevice("UpdateDeviceRequest"), empty("UpdateDeviceResponse")),
  createDeviceModel: unary(
    withModel("CreateDeviceModelRequest"),
    message("v1alpha1.CreateDeviceModelResponse", { deviceModelName: one(1, text) }),
  ),
  removeDeviceModel: unary(
    message("v1alpha1.RemoveDeviceModelRequest", { modelName: one(1, text) }),
    empty("RemoveDeviceModelResponse"),
  ),
  updateDeviceModel: unary(withModel("UpdateDeviceModelRequest"), empty("UpdateDeviceModelResponse")),
  /** EdgeCore 1.12 defines it and never calls it. */
  updateDeviceStatus: unary(
    message("v1alpha1.UpdateDeviceStatusRequest", { deviceName: one(1, text), desiredDevice: maybe(2, deviceStatus) }),
    empty("UpdateDeviceStatusResponse"),
  ),
  getDevice: unary(withDeviceName("GetDeviceRequest"), withDevice("GetDeviceResponse")),
});
