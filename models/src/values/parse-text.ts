import { MapperError, type Property, showValue, type Value } from "@edgetwin/mapper-sdk";
import { fromBase64 } from "./base64.ts";

/** What Go's `strconv.ParseBool` accepts, which is what KubeEdge's mapper framework reads. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Longest integer that is worth converting: a sign and the 19 digits of 2^63. */
const int64Length = 20;

/**
 * The twin value that `text` means for `property`, by the rules of KubeEdge's border: INT is a base-10 64-bit integer,
 * FLOAT and DOUBLE decimals (FLOAT rounded to 32 bits), BOOLEAN what Go's `ParseBool` accepts, BYTES base64, STRING
 * the text itself; where the model lists options, case does not matter.
 *
 * @throws MapperError `VALUE_INVALID` naming the value and what would be accepted.
 */
export function parseText(property: Property, text: string): Value {
  return property.toTwin(property.accept(read(property, text)));
}

function read({ type }: Property, text: string): Value {
  switch (type) {
    case "STRING":
      return text;
    case "INT":
      return readInteger(text);
    case "DOUBLE":
      return readDecimal(text, Number(text));
    case "FLOAT":
      return readDecimal(text, Math.fround(Number(text)));
    case "BOOLEAN":
      return booleans.get(text) ?? refuse("true or false", text);
    case "BYTES":
      return fromBase64(text) ?? refuse('bytes in base64 such as "AQI="', text);
  }
}

function readInteger(text: string): bigint {
  if (!integer.test(text)) return refuse("a whole number such as 30, without point, exponent or unit", text);
  // Converting takes time that grows with the square of the length, and whoever sends the text is not trusted.
  const digits = text.length > int64Length ? text.replace(/^([+-]?)0+(?=\d)/, "$1") : text;
  if (digits.length > int64Length) return refuse("a whole number of 64 bits", text);
  // BigInt knows "-5" but not "+5".
  const value = BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
  return BigInt.asIntN(64, value) === value ? value : refuse("a whole number of 64 bits", text);
}

function readDecimal(text: string, value: number): number {
  if (!decimal.test(text)) return refuse("a decimal number such as 21.5, without unit", text);
  return Number.isFinite(value) ? value : refuse("a number that its type can hold", text);
}

/** Only the beginning of a long text is shown: it may come from the network. */
function refuse(expected: string, text: string): never {
  const shown = text.length > 80 ? `${showValue(text.slice(0, 80))}… (${text.length} characters)` : showValue(text);
  throw new MapperError("VALUE_INVALID", `expected ${expected}, got ${shown}`);
}
