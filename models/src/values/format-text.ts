import type { PropertyType, Value } from "@edgetwin/mapper-sdk";
import { toBase64 } from "./base64.ts";
import { formatDouble, formatFloat } from "./decimal.ts";

/**
 * A twin value as text for KubeEdge's border and for people: integers decimal, FLOAT and DOUBLE the shortest decimal
 * without exponent, BOOLEAN `true` or `false`, BYTES base64, STRING as it is. `parseText` reads it back.
 */
export function formatText(value: Value, type: PropertyType): string {
  if (typeof value === "number") return type === "FLOAT" ? formatFloat(value) : formatDouble(value);
  return value instanceof Uint8Array ? toBase64(value) : String(value);
}
