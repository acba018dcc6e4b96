import { MapperError, type Property, p, showValue } from "@edgetwin/mapper-sdk";
import type { Visitor } from "../visitors/visitor.ts";
import { type JsonPath, parseJsonPath, selectJson } from "./json-path.ts";
import { fillTemplate } from "./template.ts";

/** A property on its topics, ready to be read and written. */
export interface Binding extends Visitor {
  readonly name: string;
  /** The value in a payload, or undefined when this payload does not speak of it. Throws `DEVICE_IO` for what is no value. */
  decode(payload: Buffer): unknown;
  /** The payload for an accepted value. */
  encode(value: unknown): string | Uint8Array;
  /** Whether two accepted values are the same to the device, which may know fewer of them. */
  same(a: unknown, b: unknown): boolean;
}

/** What devices commonly call true and false. */
const words: Readonly<Record<string, boolean>> = {
  ...{ true: true, on: true, "1": true, yes: true },
  ...{ false: false, off: false, "0": false, no: false },
};

/**
 * Compiles a visitor for its property.
 * @throws MapperError `CONFIG_INVALID` naming the setting when the two do not fit each other.
 */
export function bindingOf(property: Property, visitor: Visitor, name: string): Binding {
  check(property, visitor, name);
  const path = visitor.path === undefined ? undefined : (parseJsonPath(visitor.path) as JsonPath);
  const text = (value: unknown) => wordOf(property, visitor, value);
  const sent = (value: unknown) =>
    wordOf(property, { ...visitor, values: visitor.commandValues ?? visitor.values }, value);
  return {
    ...visitor,
    name,
    decode(payload) {
      if (payload.length === 0) return undefined; // how a retained message is taken back (MQTT 3.1.1, 3.3.1.3)
      if (property.type === "BYTES" && path === undefined) return new Uint8Array(payload);
      const raw = path === undefined ? payload.toString() : selectJson(jsonOf(payload), path);
      if (raw === undefined || raw === null) return undefined;
      try {
        return property.accept(saidBy(property, visitor, raw));
      } catch (cause) {
        const said = `${visitor.state} says ${showValue(raw)}${visitor.path ? ` at ${visitor.path}` : ""}`;
        throw new MapperError("DEVICE_IO", `${said}: ${(cause as Error).message}`, { cause });
      }
    },
    encode(value) {
      if (value instanceof Uint8Array && visitor.template === undefined) return value;
      return visitor.template === undefined ? String(sent(value)) : fillTemplate(visitor.template, sent(value));
    },
    same: (a, b) => text(a) === text(b),
  };
}

/** The property as its visitor narrows it: words of the device are all that a STRING knows then. */
export function narrowed(property: Property, { values }: Visitor): Property {
  if (property.type !== "STRING" || values === undefined) return property;
  const { access, unit, description } = property;
  const facts = { ...(unit !== undefined && { unit }), ...(description !== undefined && { description }) };
  return p.oneOf(property.options ?? Object.keys(values), { ...facts, access });
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined; // another kind of message on the same topic, such as Tasmota's plain answers
  }
}

function saidBy(property: Property, { values, scale = 1, offset = 0 }: Visitor, raw: unknown): unknown {
  const word = typeof raw === "object" ? JSON.stringify(raw) : String(raw);
  if (values) {
    const known = Object.entries(values).find(([, one]) => one === word)?.[0];
    if (known === undefined) throw new Error(`expected ${Object.values(values).join(" or ")}`);
    return parsed(property, known);
  }
  if (!isNumeric(property)) return parsed(property, word);
  const number = word.trim() === "" ? Number.NaN : Number(word);
  if (!Number.isFinite(number)) throw new Error("it is no number");
  if (scale === 1 && offset === 0)
    return property.type === "INT" && /^[-+]?\d+$/.test(word.trim()) ? BigInt(word.trim().replace(/^\+/, "")) : number;
  return rounded(property, number * scale + offset);
}

/** What text stands for, in the type of the property. */
function parsed(property: Property, text: string): unknown {
  switch (property.type) {
    case "BOOLEAN":
      return Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : text;
    case "STRING":
      return text;
    case "BYTES":
      return new Uint8Array(Buffer.from(text, "base64"));
    default:
      return Number(text);
  }
}

/** The value as the device wants it. */
function wordOf(
  property: Property,
  { values, scale = 1, offset = 0 }: Visitor,
  value: unknown,
): string | number | boolean {
  const key = value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value);
  if (values) {
    const word = Object.hasOwn(values, key) ? values[key] : undefined;
    if (word === undefined) {
      const known = Object.keys(values).join(" or ");
      throw new MapperError("VALUE_INVALID", `the device has no word for ${showValue(value)}; it knows ${known}`);
    }
    return word;
  }
  if (typeof value === "boolean") return value;
  if (!isNumeric(property)) return key;
  if (scale === 1 && offset === 0)
    return property.type === "FLOAT" ? shortest(Number(value)) : key === "-0" ? "0" : key;
  return Number(((Number(value) - offset) / scale).toPrecision(12));
}

/** A FLOAT holds 32 bits: 21.1 is kept as 21.100000381469727, which no device has been told or tells. */
const shortest = (value: number): string => {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
};

/** Scaling leaves errors far behind the point, such as 24.700000000000003; a whole number has none. */
const rounded = (property: Property, value: number): number =>
  property.type === "INT" ? Math.round(value) : Number(value.toPrecision(12));

const isNumeric = ({ type }: Property): boolean => type === "INT" || type === "FLOAT" || type === "DOUBLE";

function check(
  property: Property,
  { state, command, values, commandValues, scale, offset, path, template, request }: Visitor,
  name: string,
) {
  const problem = (setting: string, message: string) =>
    new MapperError("CONFIG_INVALID", `visitors.${name}.${setting}: ${message}`);
  if (state === undefined && command === undefined) throw problem("state", "is missing; give state, command, or both");
  if (property.access === "r" && state === undefined)
    throw problem("state", "is missing; nobody tells what a property that is only read is");
  if (property.access === "rw" && command === undefined)
    throw problem("command", "is missing; give the topic that the device listens on, or make the property ReadOnly");
  if (path !== undefined && state === undefined) throw problem("path", "is for state, which is missing");
  if (request && state === undefined) throw problem("request", "is answered on state, which is missing");
  if (template !== undefined && command === undefined) throw problem("template", "is for command, which is missing");
  const numeric = isNumeric(property);
  for (const [setting, given] of [
    ["scale", scale],
    ["offset", offset],
  ] as const)
    if (given !== undefined && (!numeric || values))
      throw problem(setting, `is for numbers without words, not for a ${property.type}`);
  for (const value of Object.keys(values ?? {})) {
    try {
      property.accept(parsed(property, value));
    } catch (cause) {
      throw problem(`values.${value}`, (cause as Error).message);
    }
  }
  for (const [setting, given] of [
    ["values", values],
    ["commandValues", commandValues],
  ] as const) {
    const missing = given && property.options?.find((option) => !Object.hasOwn(given, option));
    if (missing !== undefined) throw problem(setting, `have no word for ${missing}, which the model allows`);
  }
}
