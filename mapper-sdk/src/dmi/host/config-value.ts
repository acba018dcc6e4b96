import { MapperError } from "../../errors.ts";
import { type Field, many, maybe } from "../wire/field.ts";
import { map } from "../wire/map-field.ts";
import { type Message, message } from "../wire/message.ts";
import { bool, bytes, double, int64, text } from "../wire/scalar.ts";

/** A setting of any shape; no field set stands for `null`. */
export interface ConfigValue {
  readonly int64?: bigint | undefined;
  readonly double?: number | undefined;
  readonly text?: string | undefined;
  readonly bool?: boolean | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly list?: { readonly items?: readonly ConfigValue[] | undefined } | undefined;
  readonly object?: { readonly fields?: ReadonlyMap<string, ConfigValue> | undefined } | undefined;
}

type ConfigMessage = Message<ConfigValue, ConfigValue>;
const self = (): ConfigMessage => configValue;

const configList = message("edgetwin.v1.ConfigList", { items: many(1, self) });
const configObject = message("edgetwin.v1.ConfigObject", { fields: map(1, self) });

/** {@link ConfigValue} on the wire. 64-bit integers, bytes, lists and nested objects survive. */
export const configValue: ConfigMessage = message("edgetwin.v1.ConfigValue", {
  int64: maybe(1, int64),
  double: maybe(2, double),
  text: maybe(3, text),
  bool: maybe(4, bool),
  bytes: maybe(5, bytes),
  list: maybe(6, configList),
  object: maybe(7, configObject),
} as Readonly<Record<keyof ConfigValue, Field<never, unknown>>>) as ConfigMessage;

/** Deeper configurations are refused, before a hostile one reaches the end of the stack. */
const deepest = 40;

/** A value of a configuration as it is sent. @throws MapperError `CONFIG_INVALID` naming the setting that no configuration can hold. */
export function configToWire(value: unknown, where = "", depth = 0): ConfigValue {
  if (depth > deepest) throw unfit(where, `is nested more than ${deepest} levels deep`);
  if (value === null || value === undefined) return {};
  if (typeof value === "bigint") return { int64: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? { int64: BigInt(value) } : { double: value };
  if (typeof value === "string") return { text: value };
  if (typeof value === "boolean") return { bool: value };
  if (value instanceof Uint8Array) return { bytes: value };
  if (Array.isArray(value)) {
    return { list: { items: value.map((item, index) => configToWire(item, `${where}[${index}]`, depth + 1)) } };
  }
  if (typeof value !== "object") throw unfit(where, `is a ${typeof value}`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return {
    object: {
      fields: new Map(
        entries.map(([name, item]) => [name, configToWire(item, where === "" ? name : `${where}.${name}`, depth + 1)]),
      ),
    },
  };
}

/** The setting as it was; a whole number is a `number` wherever that holds it exactly, else a `bigint`. */
export function configFromWire(value: ConfigValue | undefined): unknown {
  if (!value) return null;
  if (value.int64 !== undefined) return exact(value.int64);
  if (value.list) return (value.list.items ?? []).map(configFromWire);
  if (value.object) {
    return Object.fromEntries([...(value.object.fields ?? [])].map(([name, item]) => [name, configFromWire(item)]));
  }
  return value.double ?? value.text ?? value.bool ?? value.bytes ?? null;
}

const exact = (value: bigint): number | bigint =>
  BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;

const unfit = (where: string, what: string): MapperError =>
  new MapperError("CONFIG_INVALID", `${where === "" ? "the configuration" : where} ${what}`);
