import { MapperError, nearest, type Property, type PropertyType, p, type Value } from "@edgetwin/mapper-sdk";
import { fromJson, parseText } from "@edgetwin/models";
import type { DeviceShape, DeviceTwin, RawValue, Refusal } from "./types.ts";

/** Properties that only a message announced: any value of their type, and anybody may desire one. */
const announcedProperties: Readonly<Record<PropertyType, Property>> = {
  INT: p.int64({ access: "rw" }),
  FLOAT: p.float({ access: "rw" }),
  DOUBLE: p.double({ access: "rw" }),
  STRING: p.string({ access: "rw" }),
  BOOLEAN: p.boolean({ access: "rw" }),
  BYTES: p.bytes({ access: "rw" }),
};

/** What is known about a property: the model's word, else the type that a message announced. */
export function propertyOfTwin(device: DeviceTwin, name: string, announced?: PropertyType): Property | undefined {
  const declared = device.shape.properties.get(name);
  if (declared) return declared;
  const type = device.twins.get(name)?.type ?? announced;
  return type && announcedProperties[type];
}

/** The twin value of what came through a door. @throws MapperError `VALUE_INVALID`. */
export function decode(property: Property, raw: RawValue): Value {
  if ("text" in raw) return parseText(property, raw.text);
  if ("json" in raw) return fromJson(property, raw.json);
  return property.toTwin(property.accept(raw.value));
}

/**
 * A reported value. Sensors say what they say: a value of the right type that the model does not allow is kept, with
 * the reason why it deserves no trust.
 *
 * @throws MapperError `VALUE_INVALID` when it is not of the property's type.
 */
export function decodeReported(
  property: Property,
  raw: RawValue,
): { readonly value: Value; readonly distrust?: string } {
  try {
    return { value: decode(property, raw) };
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    return { value: decode(announcedProperties[property.type], raw), distrust: error.message };
  }
}

/** The refusal for a name that the device does not have. */
export function unknownProperty(name: string, { properties }: DeviceShape): Refusal {
  const near = nearest(name, [...properties.keys()]);
  const known = [...properties.keys()].slice(0, 8).join(", ") || "none";
  return {
    property: name,
    code: "PROPERTY_UNKNOWN",
    message: `there is no property ${brief(name)}; ${near ? `did you mean ${near}?` : `the device has: ${known}`}`,
  };
}

/** A name that a client chose, short enough for a message. */
const brief = (name: string) => (name.length > 64 ? `${name.slice(0, 64)}…` : name);
