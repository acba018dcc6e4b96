import { parseDuration } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import type { Past } from "../../history/history.ts";
import type { Range } from "../../history/tier.ts";
import { findProperty, findTwins } from "../find.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { timestamp } from "../twin-json.ts";

/** What reported values were. */
export const historyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/v1/devices/{namespace}/{name}/twin/{property}/history",
    query: ["from", "to", "points", "format"],
    handle: getHistory,
  },
];

/** The past of a property as REST shows it: spans of a number, or the states of a text or a switch. */
export interface HistoryJson {
  readonly device: string;
  readonly propertyName: string;
  readonly unit?: string;
  readonly from: string;
  readonly to: string;
  readonly kind: Past["kind"];
  readonly items: readonly (
    | { readonly at: string; readonly min: number | null; readonly max: number | null; readonly mean: number | null }
    | { readonly at: string; readonly value: string | null }
  )[];
}

const defaultSpan = "24h";
const defaultPoints = 240;
const mostPoints = 2000;

async function getHistory({ core, state, params, query }: Call): Promise<Reply> {
  const device = findTwins(core, params);
  const { name, type } = findProperty(device, params.property as string);
  const range = rangeOf(query, core.clock.now());
  const format = query.get("format") ?? "json";
  if (format !== "json" && format !== "csv")
    throw new AgentError("REQUEST_INVALID", `format must be json or csv, got "${format}"`);
  if (!state.history)
    throw new AgentError("NOT_FOUND", "this agent keeps no history; history.enabled in its configuration says so");
  const past = await state.history(device.id, name, range);
  if (!past) throw new AgentError("NOT_FOUND", `${device.id} ${name} is ${type}, of which no history is kept`);
  if (format === "csv") {
    const headers = { "Content-Disposition": `attachment; filename="${name.replace(/[^\w.-]+/g, "_")}.csv"` };
    return { status: 200, headers, type: "text/csv; charset=utf-8", text: csvOf(past) };
  }
  const unit = device.shape.properties.get(name)?.unit;
  return ok({
    device: device.id,
    propertyName: name,
    ...(unit !== undefined && { unit }),
    from: timestamp(range.fromMs),
    to: timestamp(range.toMs),
    kind: past.kind,
    items: past.kind === "number" ? past.points.map(dated) : past.states.map(dated),
  } satisfies HistoryJson);
}

const dated = <T extends { readonly at: number }>(entry: T): Omit<T, "at"> & { readonly at: string } => ({
  ...entry,
  at: timestamp(entry.at),
});

function rangeOf(query: URLSearchParams, now: number): Range {
  const toMs = timeOf("to", query.get("to") ?? "0s", now);
  const fromMs = timeOf("from", query.get("from") ?? defaultSpan, now);
  if (fromMs >= toMs)
    throw new AgentError("REQUEST_INVALID", `from (${timestamp(fromMs)}) must be before to (${timestamp(toMs)})`);
  const text = query.get("points") ?? String(defaultPoints);
  const points = Number(text);
  if (!/^\d+$/.test(text) || points < 1 || points > mostPoints)
    throw new AgentError("REQUEST_INVALID", `points must be a whole number from 1 to ${mostPoints}, got "${text}"`);
  return { fromMs, toMs, points };
}

/** A time as RFC 3339, or how long ago: `24h`. */
function timeOf(name: string, text: string, now: number): number {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : now - ago;
  if (Number.isFinite(at) && Math.abs(at) <= latest) return at;
  throw new AgentError(
    "REQUEST_INVALID",
    `${name} must be a time like 2026-11-29T12:00:00Z or "24h" ago, got "${text}"`,
  );
}

/** The last millisecond that a Date can be (ECMA-262 21.4.1.1). */
const latest = 8.64e15;

/** RFC 4180; empty where nothing is known. */
function csvOf(past: Past): string {
  const rows =
    past.kind === "number"
      ? [
          ["time", "min", "mean", "max"],
          ...past.points.map(({ at, min, mean, max }) => [timestamp(at), min, mean, max]),
        ]
      : [["time", "value"], ...past.states.map(({ at, value }) => [timestamp(at), value])];
  return rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

/** A spreadsheet takes a text that begins with one of these for a formula. */
const csvField = (value: string | number | null): string => {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
