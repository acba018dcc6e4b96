import type { Property, Value } from "@edgetwin/mapper-sdk";
import { formatFloat } from "../values/decimal.ts";
import { type Source, text } from "./source.ts";

const identifier = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** Text as a literal, in the quotes that need fewer escapes; double ones when both need as many. */
export function textLiteral(value: string): string {
  const json = JSON.stringify(value).replace(/[\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);
  const doubles = value.split('"').length;
  const singles = value.split("'").length;
  return doubles > singles ? `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : json;
}

/** A name as the key of an object literal. `__proto__: x` would set the prototype; in brackets it is a key like others. */
export const keyLiteral = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : identifier.test(name) ? name : textLiteral(name);

/** A number as formatters write it: no plus sign in the exponent. */
export const numberLiteral = (value: number): string => String(value).replace("e+", "e");

/** A value of `property` as an author writes it; `wide` when the property is an INT of 64 bits. */
export function valueLiteral({ type }: Property, value: Value, wide: boolean): Source {
  if (typeof value === "bigint") return text(wide ? `${value}n` : `${value}`);
  if (typeof value === "number") return text(type === "FLOAT" ? formatFloat(value) : numberLiteral(value));
  if (typeof value === "boolean") return text(String(value));
  if (typeof value === "string") return text(textLiteral(value));
  return { kind: "call", callee: "Uint8Array.of", args: Array.from(value, (byte) => text(String(byte))) };
}
