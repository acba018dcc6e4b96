import { MapperError, showValue, type Value } from "@edgetwin/mapper-sdk";
import { fromBase64, toBase64 } from "./base64.ts";

/**
 * A twin value as compact text that says its own type, for the store: `i:30`, `n:21.5`, `b:1`, `s:ON`, `x:AQI=`.
 * `decodeValue` gives back exactly the same value, whatever the model says by then.
 */
export function encodeValue(value: Value): string {
  switch (typeof value) {
    case "string":
      return `s:${value}`;
    case "bigint":
      return `i:${value}`;
    case "boolean":
      return value ? "b:1" : "b:0";
    case "number":
      return Object.is(value, -0) ? "n:-0" : `n:${value}`;
    default:
      return `x:${toBase64(value)}`;
  }
}

/**
 * The value of a text that `encodeValue` wrote.
 *
 * @throws MapperError `VALUE_INVALID` when the text is damaged or of another origin.
 */
export function decodeValue(text: string): Value {
  const value = decode(text.slice(0, 2), text.slice(2));
  if (value !== undefined) return value;
  const shown = showValue(text.slice(0, 80));
  throw new MapperError("VALUE_INVALID", `${shown} is no stored value; expected a tag and a value such as "i:30"`);
}

function decode(tag: string, rest: string): Value | undefined {
  switch (tag) {
    case "s:":
      return rest;
    case "i:":
      return /^-?\d{1,19}$/.test(rest) ? BigInt(rest) : undefined;
    case "n:":
      return rest !== "" && Number.isFinite(Number(rest)) ? Number(rest) : undefined;
    case "b:":
      return rest === "1" ? true : rest === "0" ? false : undefined;
    case "x:":
      return fromBase64(rest);
    default:
      return undefined;
  }
}
