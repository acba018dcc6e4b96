const unitsMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds from a duration as people write it: `"250ms"`, `"1.5s"`, `"10min"`, `"2h"`, `"1d"`, or a plain number
 * of milliseconds. Returns undefined for anything else, negative values included.
 */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text === "number") return Number.isFinite(text) && text >= 0 ? text : undefined;
  if (typeof text !== "string") return undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)?\s*$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * unitsMs[(match[2] ?? "ms") as keyof typeof unitsMs];
  return Number.isFinite(ms) ? ms : undefined;
}

/** A duration in its largest fitting unit with at most one decimal: `1500` is `"1.5s"`. */
export function formatDuration(ms: number): string {
  const unit = (["d", "h", "min", "s"] as const).find((name) => ms >= unitsMs[name]) ?? "ms";
  return `${Math.round((ms / unitsMs[unit]) * 10) / 10}${unit}`;
}
