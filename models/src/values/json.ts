import { MapperError, type Property, type PropertyType, showValue, type Value } from "@edgetwin/mapper-sdk";
import { toBase64 } from "./base64.ts";
import { formatFloat } from "./decimal.ts";
import { parseText } from "./parse-text.ts";

/**
 * The twin value that a JSON value means for `property`: numbers, booleans and strings as themselves; a string for any
 * other type is read like text (`parseText`), so 64-bit integers arrive as `"9007199254740993"` and bytes as base64.
 * A `bigint` is taken as an integer, for readers that keep large ones.
 *
 * @throws MapperError `VALUE_INVALID` naming the value and what would be accepted.
 */
export function fromJson(property: Property, json: unknown): Value {
  if (typeof json === "string") return parseText(property, json);
  if (json === null || typeof json === "object") return refuse(`a ${expected[property.type]}`, json);
  if (property.type === "INT" && typeof json === "number" && Number.isInteger(json) && !Number.isSafeInteger(json)) {
    // It was rounded when it was parsed as JSON: nobody can tell any more what was meant.
    return refuse("a whole number beyond 2^53 to be written as a string", json);
  }
  if (property.type === "FLOAT" && typeof json === "number" && !Number.isFinite(Math.fround(json))) {
    return refuse("a number that 32 bits can hold", json);
  }
  return property.toTwin(property.accept(json));
}

const expected: Readonly<Record<PropertyType, string>> = {
  INT: "whole number",
  FLOAT: "number",
  DOUBLE: "number",
  STRING: "string",
  BOOLEAN: "boolean",
  BYTES: "string with base64",
};

/**
 * A twin value as JSON: integers as numbers up to 2^53 and as decimal strings beyond, bytes as base64. With the type
 * `FLOAT` a number gets the shortest digits that mean the same 32 bits (`0.1`, not `0.10000000149011612`).
 */
export function toJson(value: Value, type?: PropertyType): string | number | boolean {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (type === "FLOAT" && typeof value === "number") return Number(formatFloat(value));
  return value instanceof Uint8Array ? toBase64(value) : value;
}

function refuse(wanted: string, json: unknown): never {
  throw new MapperError("VALUE_INVALID", `expected ${wanted}, got ${showValue(json)}`);
}
