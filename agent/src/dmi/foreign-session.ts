import { type Clock, formatDuration, MapperError, type Timer, type Value } from "@edgetwin/mapper-sdk";
import type { Reports } from "./reports.ts";

/** What a session with a device of a KubeEdge mapper is made of. */
export interface ForeignSessionParts {
  /** Name of the mapper, for messages. */
  readonly mapper: string;
  readonly reports: Reports;
  readonly clock: Clock;
  /** Brings the mapper to the desired values; rejects as the call to it does. */
  readonly sync: (desired: ReadonlyMap<string, Value>) => Promise<void>;
  readonly desired: Map<string, Value>;
  /** Milliseconds between two reports of a property. */
  readonly everyMs: (name: string) => number;
}

/** How long a property that was never reported is waited for at most, whatever its cycle. */
const firstReportMs = 3_000;

/**
 * A device that a mapper of KubeEdge drives: writing is telling the mapper what is desired, reading is waiting for what
 * it reports. It reads in its own cycle and cannot be asked.
 */
export class ForeignSession {
  readonly #parts: ForeignSessionParts;
  /** When a property was written last, on the monotonic clock: what was reported before says nothing about it. */
  readonly #writtenAt = new Map<string, number>();

  constructor(parts: ForeignSessionParts) {
    this.#parts = parts;
  }

  /** Resolves when the mapper has taken the value; whether the device has it shows in the next report. */
  async write(name: string, value: Value): Promise<void> {
    const { desired, sync, clock } = this.#parts;
    desired.set(name, value);
    await sync(desired);
    this.#writtenAt.set(name, clock.monotonic());
  }

  /** The value that was reported last, or the next one when none was since the last write. */
  async read(name: string, signal: AbortSignal): Promise<Value> {
    const { reports, everyMs, mapper } = this.#parts;
    const since = this.#writtenAt.get(name);
    const isNew = () => {
      const report = reports.newest(name);
      return report !== undefined && (since === undefined || report.at > since) ? report : undefined;
    };
    const known = isNew();
    if (known) return known.value;
    const cycleMs = everyMs(name);
    const waitMs = since === undefined ? Math.min(cycleMs + 1_000, firstReportMs) : 2 * cycleMs + 1_000;
    if (await this.#reported(name, waitMs, signal)) {
      const report = isNew();
      if (report) return report.value;
    }
    const what = since === undefined ? "has not reported it yet" : "has not reported it since it was written";
    throw new MapperError("DEVICE_IO", `its mapper ${mapper} ${what}; it does every ${formatDuration(cycleMs)}`);
  }

  /** Every report from now on; of those that nobody took in time, the newest. */
  async *watch(name: string, signal: AbortSignal): AsyncGenerator<Value> {
    const { reports } = this.#parts;
    let wake = () => {};
    let isPending = false;
    const stop = reports.onReport(name, () => {
      isPending = true;
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        if (!isPending) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const report = reports.newest(name);
        if (signal.aborted || !isPending || !report) continue;
        isPending = false;
        yield report.value;
      }
    } finally {
      stop();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Waits for a report of `name`; false when none came in time. */
  #reported(name: string, waitMs: number, signal: AbortSignal): Promise<boolean> {
    const { reports, clock } = this.#parts;
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const end = (came: boolean) => {
        stop();
        timer?.[Symbol.dispose]();
        signal.removeEventListener("abort", onAbort);
        resolve(came);
      };
      const onAbort = () => end(false);
      const stop = reports.onReport(name, () => end(true));
      timer = clock.after(waitMs, () => end(false));
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
