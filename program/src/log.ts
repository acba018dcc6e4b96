import type { Clock, Log, LogFields } from "@edgetwin/mapper-sdk";

const levels = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof levels)[number];

/** RFC 5424 severities, which journald reads from a `<N>` prefix. */
const severity: Record<LogLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 };

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly clock: Clock;
  readonly write: (line: string) => void;
  /** Whether journald reads the lines and adds time and severity itself. */
  readonly journald?: boolean;
}

/** How long the same event with the same fields is only counted. A dongle that is away must not fill the journal. */
const repeatMs = 60_000;

/** Structured log: one event name and fields. The same line again within a minute is counted, not written. */
export function createLog({ level, format, clock, write, journald = false }: LogOptions): Log {
  const threshold = levels.indexOf(level);
  const recent = new Map<string, { since: number; repeated: number }>();

  function emit(at: LogLevel, event: string, fields: LogFields): void {
    if (levels.indexOf(at) < threshold) return;
    const shown = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
    const key = `${at} ${event} ${JSON.stringify(shown)}`;
    const now = clock.monotonic();
    const seen = recent.get(key);
    if (seen && now - seen.since < repeatMs) {
      seen.repeated++;
      return;
    }
    if (recent.size >= 500) recent.clear();
    recent.set(key, { since: now, repeated: 0 });
    const repeated = seen && seen.repeated > 0 ? { repeated: seen.repeated } : {};
    const time = new Date(clock.now()).toISOString();
    const prefix = journald ? `<${severity[at]}>` : "";
    if (format === "json")
      return write(`${prefix}${JSON.stringify({ time, level: at, event, ...shown, ...repeated })}\n`);
    const tail = Object.entries({ ...shown, ...repeated }).map(([name, value]) => ` ${name}=${quote(value)}`);
    write(`${prefix}${journald ? "" : `${time} ${at.padEnd(5)} `}${event}${tail.join("")}\n`);
  }

  const logger =
    (at: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      emit(at, event, fields);
  return { debug: logger("debug"), info: logger("info"), warn: logger("warn"), error: logger("error") };
}

/** An error as its chain of messages; a bug keeps its stack. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const bug = value instanceof TypeError || value instanceof ReferenceError || value instanceof RangeError;
  if (bug) return value.stack ?? value.message;
  const cause = value.cause instanceof Error && value.cause.message !== value.message ? value.cause.message : undefined;
  return cause === undefined ? value.message : `${value.message} (${cause})`;
}

const quote = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
};
