/**
 * The messages of KubeEdge's device-mapper interface, protobuf package `v1beta1` (KubeEdge 1.15 and later, field
 * numbers as of 1.23; numbers were only ever added).
 */
import { anyValue } from "../wire/any.ts";
import { many, maybe, one } from "../wire/field.ts";
import { map } from "../wire/map-field.ts";
import { type Decoded, type Drafted, type Message, message } from "../wire/message.ts";
import { bool, bytes, text, whole } from "../wire/scalar.ts";
import { pushMethod } from "./push-method.ts";

/** A value as text with its metadata. */
export const twinProperty = message("v1beta1.TwinProperty", { value: one(1, text), metadata: map(2, text) });

/** What was desired and what is reported of one property. */
export const twin = message("v1beta1.Twin", {
  propertyName: one(1, text),
  /** The desired value that the mapper has seen. EdgeCore dies of a report without it. */
  observedDesired: maybe(2, twinProperty),
  reported: maybe(3, twinProperty),
});

const deviceStatusFields = {
  twins: many(1, twin),
  /** Whether the health state is to be reported, and every how many milliseconds: `stateReport` of the Device. */
  reportToCloud: one(2, bool),
  reportCycle: one(3, whole),
};
/** The twins of a device, as it comes. */
export interface WireStatus extends Decoded<typeof deviceStatusFields> {}
/** The twins of a device, as it may be sent. */
export interface WireStatusDraft extends Drafted<typeof deviceStatusFields> {}
/** The twins of a device and how often it reports its state. */
export const deviceStatus: Message<WireStatusDraft, WireStatus> = message("v1beta1.DeviceStatus", deviceStatusFields);

/** Settings of a connection or visitor; see `config-data.ts` for what the values may be. */
export const customizedValue = message("v1beta1.CustomizedValue", { data: map(1, anyValue) });

/** `ProtocolConfig` and `VisitorConfig` have the same fields. */
const configOf = (name: string) => message(name, { protocolName: one(1, text), configData: maybe(2, customizedValue) });
/** How a device is reached. */
export const protocolConfig = configOf("v1beta1.ProtocolConfig");
/** Where a property lives on the device. */
export const visitorConfig = configOf("v1beta1.VisitorConfig");

/** One property of a device: what is desired, where it lives, how often it is read and where it goes. */
export const deviceProperty = message("v1beta1.DeviceProperty", {
  name: one(1, text),
  desired: maybe(2, twinProperty),
  visitors: maybe(3, visitorConfig),
  /** Cycle of `pushMethod`, in milliseconds. */
  reportCycle: one(4, whole),
  /** Cycle of reading the property for its twin, in milliseconds; 0 is one second. */
  collectCycle: one(5, whole),
  /** Without it the property is not read for its twin at all. */
  reportToCloud: one(6, bool),
  pushMethod: maybe(7, pushMethod),
});

/** A method of a device: its name and the properties that it concerns. */
export const deviceMethod = message("v1beta1.DeviceMethod", {
  name: one(1, text),
  description: one(2, text),
  propertyNames: many(3, text),
});

/** Which model a device has, how it is reached, its properties and methods. */
export const deviceSpec = message("v1beta1.DeviceSpec", {
  deviceModelReference: one(1, text),
  protocol: maybe(2, protocolConfig),
  properties: many(3, deviceProperty),
  methods: many(4, deviceMethod),
});

const deviceFields = {
  name: one(1, text),
  spec: maybe(2, deviceSpec),
  status: maybe(3, deviceStatus),
  namespace: one(4, text),
};
/** A device, as it comes. */
export interface WireDevice extends Decoded<typeof deviceFields> {}
/** A device, as it may be sent. */
export interface WireDeviceDraft extends Drafted<typeof deviceFields> {}
/** A device: its name, what it is and how it is. */
export const device: Message<WireDeviceDraft, WireDevice> = message("v1beta1.Device", deviceFields);

/** One property of a model. */
export const modelProperty = message("v1beta1.ModelProperty", {
  name: one(1, text),
  description: one(2, text),
  /** `INT`, `FLOAT`, `DOUBLE`, `STRING`, `BOOLEAN`, `BYTES` or `STREAM`. */
  type: one(3, text),
  /** Writable unless it is exactly `ReadOnly`. */
  accessMode: one(4, text),
  minimum: one(5, text),
  maximum: one(6, text),
  unit: one(7, text),
});

/** Never filled. */
export const deviceCommand = message("v1beta1.DeviceCommand", {
  name: one(1, text),
  url: one(2, text),
  method: one(3, text),
  statusCode: many(4, text),
  parameters: many(5, text),
  response: one(6, bytes),
});

/** The properties and the commands of a model. */
export const deviceModelSpec = message("v1beta1.DeviceModelSpec", {
  properties: many(1, modelProperty),
  commands: many(2, deviceCommand),
});

const deviceModelFields = {
  name: one(1, text),
  spec: maybe(2, deviceModelSpec),
  namespace: one(3, text),
};
/** A model, as it comes. */
export interface WireModel extends Decoded<typeof deviceModelFields> {}
/** A model, as it may be sent. */
export interface WireModelDraft extends Drafted<typeof deviceModelFields> {}
/** A model: its name and its properties. */
export const deviceModel: Message<WireModelDraft, WireModel> = message("v1beta1.DeviceModel", deviceModelFields);
