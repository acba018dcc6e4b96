/** KubeEdge's device-mapper interface, protobuf package `v1beta1`: requests, responses and the two services. */
import { service, unary } from "../transport/service.ts";
import { many, maybe, one } from "../wire/field.ts";
import { type MessageOf, message } from "../wire/message.ts";
import { bool, bytes, text } from "../wire/scalar.ts";
import { device, deviceModel, deviceStatus } from "./messages.ts";

/** What a mapper says about itself. */
export const mapperInfo = message("v1beta1.MapperInfo", {
  /** Key in the manager's table of mappers. */
  name: one(1, text),
  version: one(2, text),
  apiVersion: one(3, text),
  /** Equal to `spec.protocol.protocolName` of the devices it wants. */
  protocol: one(4, text),
  /** Path of its own socket, in UTF-8. */
  address: one(5, bytes),
  state: one(6, text),
});
/** A decoded `mapperInfo`. */
export type MapperInfo = MessageOf<typeof mapperInfo>;

/** Asks the manager to take a mapper up. */
export const mapperRegisterRequest = message("v1beta1.MapperRegisterRequest", {
  /** Without it EdgeCore never calls the mapper. */
  withData: one(1, bool),
  mapper: maybe(2, mapperInfo),
});
/** The models and devices of the mapper's protocol. */
export const mapperRegisterResponse = message("v1beta1.MapperRegisterResponse", {
  modelList: many(1, deviceModel),
  deviceList: many(2, device),
});

/** Tells the manager the twins of a device. */
export const reportDeviceStatusRequest = message("v1beta1.ReportDeviceStatusRequest", {
  deviceName: one(1, text),
  reportedDevice: maybe(2, deviceStatus),
  deviceNamespace: one(3, text),
});
/** Tells the manager whether a device can be reached. */
export const reportDeviceStatesRequest = message("v1beta1.ReportDeviceStatesRequest", {
  deviceName: one(1, text),
  deviceNamespace: one(2, text),
  state: one(3, text),
});

const withDevice = (name: string) => message(`v1beta1.${name}`, { device: maybe(1, device) });
const withModel = (name: string) => message(`v1beta1.${name}`, { model: maybe(1, deviceModel) });
const withDeviceName = (name: string) =>
  message(`v1beta1.${name}`, { deviceName: one(1, text), deviceNamespace: one(2, text) });
const empty = (name: string) => message(`v1beta1.${name}`, {});

/** Served by the manager: EdgeCore, or our agent. */
export const deviceManager = service("v1beta1.DeviceManagerService", {
  /** Once when the mapper starts; the answer has the devices of its protocol and a model for each. */
  mapperRegister: unary(mapperRegisterRequest, mapperRegisterResponse),
  /** Reports twins, whatever its name says. */
  reportDeviceStatus: unary(reportDeviceStatusRequest, empty("ReportDeviceStatusResponse")),
  /** Reports the health of a device; since KubeEdge 1.18. */
  reportDeviceStates: unary(reportDeviceStatesRequest, empty("ReportDeviceStatesResponse")),
});

/** Served by a mapper. */
export const deviceMapper = service("v1beta1.DeviceMapperService", {
  registerDevice: unary(withDevice("RegisterDeviceRequest"), withDeviceName("RegisterDeviceResponse")),
  removeDevice: unary(withDeviceName("RemoveDeviceRequest"), empty("RemoveDeviceResponse")),
  /** Also how a new desired value arrives. */
  updateDevice: unary(withDevice("UpdateDeviceRequest"), empty("UpdateDeviceResponse")),
  createDeviceModel: unary(
    withModel("CreateDeviceModelRequest"),
    message("v1beta1.CreateDeviceModelResponse", { deviceModelName: one(1, text), deviceModelNamespace: one(2, text) }),
  ),
  removeDeviceModel: unary(
    message("v1beta1.RemoveDeviceModelRequest", { modelName: one(1, text), modelNamespace: one(2, text) }),
    empty("RemoveDeviceModelResponse"),
  ),
  updateDeviceModel: unary(withModel("UpdateDeviceModelRequest"), empty("UpdateDeviceModelResponse")),
  /** EdgeCore never calls it; a mapper made with mapper-framework dies of it. */
  getDevice: unary(withDeviceName("GetDeviceRequest"), withDevice("GetDeviceResponse")),
});
