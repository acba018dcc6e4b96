import type { Clock } from "../../clock.ts";
import type { Log, LogFields } from "../../log.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where lines go, and from which level on. */
export interface LineLogOptions {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}

/** One JSON object a line: time, level, event and fields. Our agent passes on such lines of its children as they are. */
export function lineLog({ level, clock, write }: LineLogOptions): Log {
  const logger = (at: LogLevel) => {
    if (logLevels.indexOf(at) < logLevels.indexOf(level)) return () => {};
    return (event: string, fields: LogFields = {}) => {
      const time = new Date(clock.now()).toISOString();
      write(`${JSON.stringify({ time, level: at, event, ...fields }, plain)}\n`);
    };
  };
  return { debug: logger("debug"), info: logger("info"), warn: logger("warn"), error: logger("error") };
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Error)) return value;
  return value instanceof TypeError ? (value.stack ?? value.message) : value.message;
}
