/**
 * The messages of KubeEdge's device-mapper interface, protobuf package `v1alpha1` (KubeEdge 1.12 to 1.14). They are not
 * wire compatible with `v1beta1`: properties of a model carry a message per type, and devices have no namespace.
 */
import { deviceCommand, twinProperty } from "../v1beta1/messages.ts";
import { many, maybe, one } from "../wire/field.ts";
import { type Decoded, type Drafted, type Message, message } from "../wire/message.ts";
import { bool, double, float, int64, text } from "../wire/scalar.ts";
import { devicePropertyVisitor, protocolConfig } from "./protocols.ts";

/** What all property types but string, boolean and bytes have, with the numbers of their own kind. */
const access = { accessMode: one(1, text) };

/** Type, access, default and range of a property: exactly one of the types is set. */
export const propertyType = message("v1alpha1.PropertyType", {
  int: maybe(
    1,
    message("v1alpha1.PropertyTypeInt64", {
      ...access,
      defaultValue: one(2, int64),
      minimum: one(3, int64),
      maximum: one(4, int64),
      unit: one(5, text),
    }),
  ),
  string: maybe(2, message("v1alpha1.PropertyTypeString", { ...access, defaultValue: one(2, text) })),
  double: maybe(
    3,
    message("v1alpha1.PropertyTypeDouble", {
      ...access,
      defaultValue: one(2, double),
      minimum: one(3, double),
      maximum: one(4, double),
      unit: one(5, text),
    }),
  ),
  float: maybe(
    4,
    message("v1alpha1.PropertyTypeFloat", {
      ...access,
      defaultValue: one(2, float),
      minimum: one(3, float),
      maximum: one(4, float),
      unit: one(5, text),
    }),
  ),
  boolean: maybe(5, message("v1alpha1.PropertyTypeBoolean", { ...access, defaultValue: one(2, bool) })),
  bytes: maybe(6, message("v1alpha1.PropertyTypeBytes", access)),
});

/** A property of a model; `DevicePropertyVisitor` is its counterpart on a device. */
export const deviceProperty = message("v1alpha1.DeviceProperty", {
  name: one(1, text),
  description: one(2, text),
  type: maybe(3, propertyType),
});

/** The protocol, the properties and the commands of a model. */
export const deviceModelSpec = message("v1alpha1.DeviceModelSpec", {
  properties: many(1, deviceProperty),
  commands: many(2, deviceCommand),
  protocol: one(3, text),
});

const deviceModelFields = { name: one(1, text), spec: maybe(2, deviceModelSpec) };
/** A model, as it comes. */
export interface WireModelV1alpha1 extends Decoded<typeof deviceModelFields> {}
/** A model, as it may be sent. */
export interface WireModelV1alpha1Draft extends Drafted<typeof deviceModelFields> {}
/** A model: its name and its properties. */
export const deviceModel: Message<WireModelV1alpha1Draft, WireModelV1alpha1> = message(
  "v1alpha1.DeviceModel",
  deviceModelFields,
);

/** Desired and reported value of one property. */
export const twin = message("v1alpha1.Twin", {
  propertyName: one(1, text),
  desired: maybe(2, twinProperty),
  /** KubeEdge 1.12 and 1.13 insist on `metadata.propertyType`, 1.14 on `metadata.type`: send both. */
  reported: maybe(3, twinProperty),
});

const deviceStatusFields = { twins: many(1, twin), state: one(2, text) };
/** The twins of a device, as it comes. */
export interface WireStatusV1alpha1 extends Decoded<typeof deviceStatusFields> {}
/** The twins of a device, as it may be sent. */
export interface WireStatusV1alpha1Draft extends Drafted<typeof deviceStatusFields> {}
/** The twins of a device. */
export const deviceStatus: Message<WireStatusV1alpha1Draft, WireStatusV1alpha1> = message(
  "v1alpha1.DeviceStatus",
  deviceStatusFields,
);

/** Which model a device has, how it is reached and where its properties live. */
export const deviceSpec = message("v1alpha1.DeviceSpec", {
  deviceModelReference: one(1, text),
  protocol: maybe(2, protocolConfig),
  propertyVisitors: many(3, devicePropertyVisitor),
});

const deviceFields = {
  name: one(1, text),
  spec: maybe(2, deviceSpec),
  status: maybe(3, deviceStatus),
};
/** A device, as it comes. */
export interface WireDeviceV1alpha1 extends Decoded<typeof deviceFields> {}
/** A device, as it may be sent. */
export interface WireDeviceV1alpha1Draft extends Drafted<typeof deviceFields> {}
/** A device: its name, what it is and how it is. */
export const device: Message<WireDeviceV1alpha1Draft, WireDeviceV1alpha1> = message("v1alpha1.Device", deviceFields);
