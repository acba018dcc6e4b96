/** The protobuf JSON of the recordings as what our tables encode. */
import type { AnyValue } from "@edgetwin/mapper-sdk/dmi";

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const maps = new Set(["metadata", "data", "tag"]);
const numbers = new Set(["reportCycle", "collectCycle", "port", "timeout"]);

/** What our encoders take for `json`. */
export function draftOf(json: unknown, key = ""): unknown {
  if (Array.isArray(json)) return json.map((item) => draftOf(item));
  if (numbers.has(key)) return Number(json);
  if (key === "address" && typeof json === "string" && !json.includes(":")) return Buffer.from(json, "base64");
  if (!isObject(json)) return json;
  if ("@type" in json) return any(json);
  if (maps.has(key)) return new Map(Object.entries(json).map(([name, value]) => [name, draftOf(value)]));
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [renamed.get(name) ?? name, draftOf(value, name)]),
  );
}

const renamed = new Map([["endpointURL", "endpointUrl"]]);

/** The bytes of `google.protobuf.*Value`, written by hand: the tests of our own packing must not rest on it. */
function any({ "@type": typeUrl, value }: Json): AnyValue {
  const type = String(typeUrl).split(".").pop();
  return { typeUrl: String(typeUrl), value: type ? wrapped(type, value) : Buffer.of() };
}

function wrapped(type: string, value: unknown): Buffer {
  if (type === "StringValue") {
    const text = Buffer.from(String(value));
    return text.length === 0 ? text : Buffer.concat([Buffer.of(0x0a, text.length), text]);
  }
  if (type === "BoolValue") return value === true ? Buffer.of(0x08, 1) : Buffer.of();
  if (type === "FloatValue") {
    const bytes = Buffer.alloc(5);
    bytes[0] = 0x0d;
    bytes.writeFloatLE(Number(value), 1);
    return bytes;
  }
  const bytes = [0x08];
  for (let rest = BigInt.asUintN(64, BigInt(String(value))); ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
