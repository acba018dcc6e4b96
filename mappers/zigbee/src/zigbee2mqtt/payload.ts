import { MapperError, type Property } from "@edgetwin/mapper-sdk";
import type { Zigbee2mqttVisitor } from "./settings.ts";

/** A message of a device: an object with its keys. */
export type Payload = Readonly<Record<string, unknown>>;

/** Larger messages are none of a device; the list of devices has a limit of its own. */
const mostBytes = 256 * 1024;

/** The object in a message; undefined for anything else, which devices do not send. */
export function parsePayload(bytes: Uint8Array): Payload | undefined {
  if (bytes.length > mostBytes) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Payload) : undefined;
  } catch {
    return undefined; // e.g. the plain "online" of an old zigbee2mqtt
  }
}

/** What lies under a key like `"color.x"`; undefined when it is not there. */
export function valueAt(payload: Payload, key: string): unknown {
  let value: unknown = payload;
  for (const part of key.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Payload)[part];
  }
  return value ?? undefined;
}

/** The value of a property in a message; undefined when it is not in there. @throws MapperError `DEVICE_IO` for nonsense. */
export function decodeValue(property: Property, visitor: Zigbee2mqttVisitor, payload: Payload): unknown {
  const value = valueAt(payload, visitor.key);
  if (value === undefined) return undefined;
  const { on, off, scale = 1 } = visitor;
  switch (property.type) {
    case "BOOLEAN":
      if (value === true || value === on) return true;
      if (value === false || value === off) return false;
      throw unfit(visitor, value);
    case "STRING":
      if (typeof value === "boolean") return value ? on : off;
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    default: {
      if (typeof value !== "number" || !Number.isFinite(value)) throw unfit(visitor, value);
      const scaled = Number((value * scale).toFixed(6));
      return property.type === "INT" ? Math.round(scaled) : scaled;
    }
  }
}

/** The message that makes a device take a value. */
export function encodeValue(property: Property, visitor: Zigbee2mqttVisitor, value: unknown): Payload {
  const { key, on, off, scale = 1 } = visitor;
  const isNumber = property.type === "INT" || property.type === "FLOAT" || property.type === "DOUBLE";
  const raw =
    typeof value === "boolean" ? (value ? on : off) : isNumber ? Number((Number(value) / scale).toFixed(6)) : value;
  return key
    .split(".")
    .reverse()
    .reduce<unknown>(
      (inner, part) => ({ [part]: inner }),
      scale !== 1 && isNumber ? Math.round(raw as number) : raw,
    ) as Payload;
}

const unfit = ({ key }: Zigbee2mqttVisitor, value: unknown) =>
  new MapperError(
    "DEVICE_IO",
    `zigbee2mqtt says ${JSON.stringify(value)} for ${key}, which is no value of this property`,
  );
