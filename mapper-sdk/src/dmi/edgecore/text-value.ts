/** Values as KubeEdge writes them: always texts, read and written by the type of the model. */
import { MapperError } from "../../errors.ts";
import type { Property } from "../../model.ts";
import { showValue, type Value } from "../../value.ts";

/**
 * A desired value as EdgeCore sends it. Booleans as Go's `ParseBool` takes them, whole numbers in base 10.
 * @throws MapperError `VALUE_INVALID` when the text is no value of the property.
 */
export function valueOfText(property: Property, text: string): Value {
  return property.toTwin(property.accept(parsed(property.type, text)));
}

function parsed(type: Property["type"], text: string): unknown {
  switch (type) {
    case "INT":
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : refuse("a whole number", text);
    case "FLOAT":
    case "DOUBLE":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : refuse("a number", text);
    case "BOOLEAN":
      if (trueWords.has(text)) return true;
      return falseWords.has(text) ? false : refuse("true or false", text);
    case "BYTES":
      return /^[\w+/=-]*$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : refuse("base64", text);
    default:
      return text;
  }
}

const trueWords = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseWords = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function refuse(expected: string, text: string): never {
  throw new MapperError("VALUE_INVALID", `expected ${expected}, got ${showValue(text)}`);
}

/**
 * A value as a report carries it: numbers in decimal without exponent, shortest; bytes as base64url without padding,
 * because EdgeCore lets neither `+` nor `=` pass.
 */
export function textOfValue(value: Value): string {
  if (typeof value === "number") return decimal(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64url");
  return String(value);
}

/** The digits of `String(value)` without its exponent. */
function decimal(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

/** The texts that EdgeCore lets pass; a report with another one is dropped without an error to the mapper. */
const passing = /^[A-Za-z0-9\-_.,:/@#]{0,512}$/;
const foreign = /[^A-Za-z0-9\-_.,:/@#]/g;

/** `text` when EdgeCore lets it pass; else what is nearest to it, with every other character replaced by `_`. */
export const fitted = (text: string): string => (passing.test(text) ? text : text.replace(foreign, "_").slice(0, 512));

/** Whether EdgeCore lets reports of a property of this name pass. */
export const passesAsName = (name: string): boolean => /^[A-Za-z0-9\-_.,:/@#]{1,128}$/.test(name);
