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

/** A value as people read it in messages: `"ON"`, `42`, `0x01ff`. */
export function showValue(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "bigint") return value.toString();
  return JSON.stringify(value) ?? String(value);
}
