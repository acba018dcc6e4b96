import type { Twin } from "./json.ts";

/** How a property is changed. */
export type ControlKind = "switch" | "choice" | "slider" | "field";

/** More positions than a finger can tell apart on a phone. */
const mostPositions = 1000;

/** The control for a property, by what its model says. */
export function controlOf({ type, options, min, max }: Pick<Twin, "type" | "options" | "min" | "max">): ControlKind {
  if (type === "BOOLEAN") return "switch";
  if (options) {
    const words = options.map((option) => option.toUpperCase()).sort();
    return words.length === 2 && words[0] === "OFF" && words[1] === "ON" ? "switch" : "choice";
  }
  const isNumber = type === "INT" || type === "FLOAT" || type === "DOUBLE";
  if (!isNumber || min === undefined || max === undefined) return "field";
  const span = Number(max) - Number(min);
  return span > 0 && (type !== "INT" || span <= mostPositions) ? "slider" : "field";
}
