import type { Property, Value } from "@edgetwin/mapper-sdk";
import type { DesignedProperty } from "./design.ts";

/** Two values that a property allows, as code; one when it allows no other. */
export function sampleValues({ property, kind }: DesignedProperty): readonly string[] {
  switch (kind) {
    case "boolean":
      return ["false", "true"];
    case "int":
      return numbers(property, [20, 21]).map(String);
    case "int64":
      return int64s(property).map((value) => `${value}n`);
    case "float":
    case "double":
      return numbers(property, [20, 21.5]).map(String);
    case "string":
      return ['"first"', '"second"'];
    case "oneOf":
      return (property.options ?? []).slice(0, 3).map((option) => JSON.stringify(option));
    case "bytes":
      return ["Uint8Array.of(1, 2)", "Uint8Array.of(255)"];
  }
}

/** `preferred` where it fits, moved to the nearest bound where it does not. */
function numbers({ min, max }: Property, preferred: readonly number[]): number[] {
  const [low, high] = [Number(min ?? -Infinity), Number(max ?? Infinity)];
  const fitting = preferred.map((value) => Math.min(Math.max(value, low), high));
  if (fitting[0] !== fitting[1]) return fitting;
  const [first = 0] = fitting;
  const second =
    Number.isFinite(low) && Number.isFinite(high) ? (first === low ? high : low) : first + (first > low ? -1 : 1);
  return [...new Set([first, second])];
}

function int64s({ min, max }: Property): bigint[] {
  const low: Value = BigInt(min ?? BigInt(max ?? 1) - 1n);
  const high = BigInt(max ?? low + 1n);
  return low === high ? [low] : [low, high];
}
