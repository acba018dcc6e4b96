import type { DesignedProperty } from "../design.ts";
import { sampleValues } from "../sample-values.ts";

/** Whether the emulator lets a property move: what only the device changes should change while somebody watches. */
export const isMoving = ({ writable, kind, property }: DesignedProperty): boolean =>
  !writable && (kind === "boolean" || (["int", "float", "double"].includes(kind) && range(property) > 0));

const range = ({ min, max }: DesignedProperty["property"]): number =>
  Number(max ?? Infinity) - Number(min ?? -Infinity);

/** Code of a reading after `seconds`: booleans change now and then, numbers swing by one within their bounds. */
export function movedValue(designed: DesignedProperty): string {
  const { kind, property } = designed;
  if (kind === "boolean") return "seconds % 10 >= 5";
  const swing = kind === "int" ? "Math.round(Math.sin(seconds / 3))" : "Math.round(Math.sin(seconds / 3) * 100) / 100";
  const free = `${sampleValues(designed)[0] ?? "0"} + ${swing}`;
  const atLeast = property.min === undefined ? free : `Math.max(${Number(property.min)}, ${free})`;
  return property.max === undefined ? atLeast : `Math.min(${Number(property.max)}, ${atLeast})`;
}
