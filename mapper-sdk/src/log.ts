/** One event name and fields. `warn`: worked around; `error`: a person must act; `info`: a state changed; `debug`: frames. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** What an event of the log says besides its name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A log that drops everything. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
