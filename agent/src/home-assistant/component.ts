import type { Property, Value } from "@edgetwin/mapper-sdk";

/** Settings of one entity in a device-based discovery payload. */
export type Component = Readonly<Record<string, unknown>>;

/** Units that Home Assistant writes in another way than UCUM does. */
const units: Readonly<Record<string, string>> = { Cel: "°C", "[degF]": "°F", m3: "m³", "m3/h": "m³/h" };

const isSwitch = ({ type, options = [] }: Property): boolean =>
  type === "BOOLEAN" || (options.length === 2 && options.includes("ON") && options.includes("OFF"));

const isNumber = ({ type }: Property): boolean => type === "INT" || type === "FLOAT" || type === "DOUBLE";

/** What a property is in Home Assistant: platform and what belongs to it. Undefined for BYTES, which nothing there shows. */
export function componentOf(property: Property): Component | undefined {
  const { type, access, options, min, max, unit } = property;
  if (type === "BYTES") return undefined;
  const measured = unit ? { unit_of_measurement: units[unit] ?? unit } : {};
  if (access === "r") {
    if (isSwitch(property)) return { platform: "binary_sensor" };
    return isNumber(property)
      ? { platform: "sensor", state_class: "measurement", ...measured }
      : { platform: "sensor" };
  }
  if (isSwitch(property)) return { platform: "switch" };
  if (options) return { platform: "select", options };
  if (!isNumber(property)) return { platform: "text", max: 255 };
  const bounds = { min: Number(min ?? -1_000_000), max: Number(max ?? 1_000_000) };
  return { platform: "number", mode: "box", step: type === "INT" ? 1 : 0.01, ...bounds, ...measured };
}

/** A reported value as the state topic has it: switches say ON and OFF, whatever their type. */
export function stateOf(value: Value): string | number {
  if (typeof value === "boolean") return value ? "ON" : "OFF";
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** What Home Assistant sends, as text that the property takes. */
export function desiredText({ type }: Property, payload: string): string {
  if (type === "BOOLEAN") return payload === "ON" ? "true" : payload === "OFF" ? "false" : payload;
  return type === "INT" ? payload.replace(/\.0+$/, "") : payload;
}
