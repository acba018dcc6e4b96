/** The value types of the device API (`devices.kubeedge.io/v1beta1`, `ModelProperty.type`) that a twin can hold. */
export type PropertyType = "INT" | "FLOAT" | "DOUBLE" | "STRING" | "BOOLEAN" | "BYTES";

/**
 * A value as the twin keeps it: INT is a 64-bit `bigint`, FLOAT and DOUBLE a finite `number` (FLOAT already rounded to
 * 32 bits), BOOLEAN a `boolean`, STRING a `string`, BYTES a `Uint8Array`.
 */
export type Value = bigint | number | boolean | string | Uint8Array;

/** Whether two twin values are the same value of the same type. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
  return Object.is(a, b) || (a === 0 && b === 0);
}

/** More than anybody reads in a message; what is longer ends in an ellipsis. */
const longest = 200;

/** Any value as people read it in messages: `"ON"`, `42`, `NaN`, `0x01ff`, `{"line":17}`. Never throws. */
export function showValue(value: unknown): string {
  const text = inWords(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function inWords(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "a function";
  try {
    return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)) ?? String(value);
  } catch {
    return "a value that cannot be shown"; // circular, or with a toJSON that throws
  }
}
