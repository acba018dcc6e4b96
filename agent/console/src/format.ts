import type { Json } from "./json.ts";

/** A value as a person reads it; long texts are cut. */
export function showValue(value: Json | undefined, unit?: string): string {
  if (value === undefined) return "–";
  const text = typeof value === "number" ? showNumber(value) : String(value);
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return unit === undefined ? short : `${short} ${showUnit(unit)}`;
}

/** Codes of UCUM that people write otherwise; every other unit is shown as the model says it. */
const symbols: Readonly<Record<string, string>> = {
  Cel: "°C",
  "[degF]": "°F",
  deg: "°",
  Ohm: "Ω",
  us: "µs",
  um: "µm",
  "ug/m3": "µg/m³",
  m2: "m²",
  m3: "m³",
  "[ppm]": "ppm",
};

/** A unit as people write it. */
export const showUnit = (unit: string): string => symbols[unit] ?? unit;

/** At most six digits that count: a sensor has no more, and a phone no room. */
export const showNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));

const steps = [
  [60, "min"],
  [60, "h"],
  [24, "d"],
] as const;

/** How long ago, in the largest unit that fits, seconds at least: `12 s`, `3 min`. */
export function showAge(ms: number): string {
  let amount = Math.max(0, ms) / 1000;
  let unit = "s";
  for (const [size, next] of steps) {
    if (amount < size) break;
    amount /= size;
    unit = next;
  }
  return `${Math.floor(amount)} ${unit}`;
}

/** Bytes as a person reads them. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** A time of today as a time, else with its date; as the browser's own country writes it, where it speaks the language. */
export function showTime(at: string, now: number, chosen: string): string {
  const language = navigator.languages.find((one) => one.startsWith(chosen)) ?? chosen;
  const time = new Date(at);
  const today = new Date(now).toDateString() === time.toDateString();
  return time.toLocaleString(language, today ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" });
}
