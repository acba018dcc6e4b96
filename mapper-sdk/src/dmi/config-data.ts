/** Settings of connections and visitors on their way through DMI, where each is a `google.protobuf.Any`. */
import { configFromWire, configToWire, configValue } from "./host/config-value.ts";
import type { AnyValue } from "./wire/any.ts";
import { one } from "./wire/field.ts";
import { type Message, message } from "./wire/message.ts";
import { bool, bytes, double, float, int32, int64, type Scalar, text, uint64 } from "./wire/scalar.ts";

/** Who reads the settings: KubeEdge's mapper-framework, or our own SDK. */
export type ConfigReader = "mapper-framework" | "edgetwin";

const urlPrefix = "type.googleapis.com/";

/** `google.protobuf.StringValue` and its like: one field, number 1. */
const wrapper = <T>(name: string, type: Scalar<T>): Message<{ value?: T | undefined }, { readonly value: T }> =>
  message(`google.protobuf.${name}`, { value: one(1, type) });
const stringValue = wrapper("StringValue", text);
const boolValue = wrapper("BoolValue", bool);
const floatValue = wrapper("FloatValue", float);
const doubleValue = wrapper("DoubleValue", double);
const int64Value = wrapper("Int64Value", int64);

/** What a setting came as, and the way back to what a manifest would say. */
const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  [stringValue.name]: (value) => stringValue.decode(value).value,
  [boolValue.name]: (value) => boolValue.decode(value).value,
  [floatValue.name]: (value) => shortest(floatValue.decode(value).value),
  [doubleValue.name]: (value) => doubleValue.decode(value).value,
  [int64Value.name]: (value) => exact(int64Value.decode(value).value),
  "google.protobuf.UInt64Value": (value) => exact(wrapper("UInt64Value", uint64).decode(value).value),
  "google.protobuf.Int32Value": (value) => wrapper("Int32Value", int32).decode(value).value,
  "google.protobuf.UInt32Value": (value) => wrapper("UInt32Value", int32).decode(value).value >>> 0,
  "google.protobuf.BytesValue": (value) => wrapper("BytesValue", bytes).decode(value).value,
  [configValue.name]: (value) => configFromWire(configValue.decode(value)),
};

/** What could not be taken over, in words that begin with the name of the setting. */
export interface DecodedConfig {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** The settings of a `CustomizedValue`. One of an unknown type is left out and told; the rest is taken. */
export function configFromAny(data: ReadonlyMap<string, AnyValue> | undefined): DecodedConfig {
  const problems: string[] = [];
  const settings: [string, unknown][] = [];
  for (const [name, { typeUrl, value }] of data ?? []) {
    const type = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    const decode = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
    if (!decode) {
      problems.push(`${name} came as ${type || "nothing"}, which no setting is; use text, a number, true or false`);
      continue;
    }
    try {
      settings.push([name, decode(value)]);
    } catch (error) {
      problems.push(`${name} cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { settings: Object.fromEntries(settings), problems };
}

/**
 * Settings as a `CustomizedValue` has them. For mapper-framework whole numbers go as Int64Value, fractions as
 * FloatValue, and what is nested as its JSON text, because it drops every other type without a word; for our own SDK what
 * these cannot hold exactly goes as our own type.
 *
 * @throws MapperError `CONFIG_INVALID` naming a setting that is a function or nested without end.
 */
export function configToAny(settings: unknown, reader: ConfigReader): Map<string, AnyValue> {
  const { object } = configToWire(settings ?? {});
  const entries = [...(object?.fields ?? [])].filter(([, value]) =>
    Object.values(value).some((part) => part !== undefined),
  );
  return new Map(entries.map(([name]) => [name, anyOf((settings as Readonly<Record<string, unknown>>)[name], reader)]));
}

function anyOf(value: unknown, reader: ConfigReader): AnyValue {
  if (typeof value === "string") return packed(stringValue, { value });
  if (typeof value === "boolean") return packed(boolValue, { value });
  if (typeof value === "number" && Number.isSafeInteger(value)) return packed(int64Value, { value: BigInt(value) });
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return packed(int64Value, { value });
  if (reader === "edgetwin") return packed(configValue, configToWire(value));
  if (typeof value === "number") return packed(floatValue, { value });
  return packed(stringValue, { value: jsonOf(value) });
}

/** Settings of `pushMethod.anomalyDetection` for mapper-framework, which prints an Int64Value as text there. */
export function detectionToAny(settings: unknown): Map<string, AnyValue> {
  return new Map(
    [...configToAny(settings, "mapper-framework")].map(([name, any]) => {
      const value = (settings as Readonly<Record<string, unknown>>)[name];
      return [name, typeof value === "number" ? packed(floatValue, { value }) : any];
    }),
  );
}

const packed = <In>(type: Message<In>, draft: In): AnyValue => ({
  typeUrl: `${urlPrefix}${type.name}`,
  value: type.encode(draft),
});

const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return part.toString();
    return part instanceof Uint8Array ? Buffer.from(part).toString("base64") : part;
  });

const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** The shortest decimal that is the same 32-bit number: EdgeCore sends every number so, and 0.1 shall be 0.1 again. */
function shortest(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return value;
}
