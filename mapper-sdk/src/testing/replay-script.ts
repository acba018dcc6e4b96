import { isDeepStrictEqual } from "node:util";
import type { Capture, CaptureEntry, CaptureError, CaptureValue } from "../capture/capture.ts";
import { eventNames } from "../capture/capture.ts";
import { type Clock, delay, type Timer } from "../clock.ts";
import { HalError } from "../hal.ts";

type Entry = Capture["entries"][number];

/** What a driver does, to be compared with what was recorded. */
export interface Asked {
  readonly do: string;
  readonly out?: CaptureValue;
  readonly signal?: AbortSignal | undefined;
}

/** What a {@link ReplayScript} is made of. */
export interface ScriptParts {
  readonly on: string;
  readonly entries: readonly Entry[];
  readonly capture: string;
  readonly clock: Clock;
  /** Gets each mismatch before it is thrown. */
  readonly onMismatch: (error: HalError) => void;
}

/** What was recorded on one resource, given out again in the same order. */
export class ReplayScript {
  readonly #parts: ScriptParts;
  #next = 0;
  #timer: Timer | undefined;
  /** Gets what the far end does by itself; set by whoever opened the resource. */
  onEvent: ((entry: CaptureEntry) => void) | undefined;

  constructor(parts: ScriptParts) {
    this.#parts = parts;
  }

  /** Lines of the capture that were not replayed yet; a close that nobody asked for does not count. */
  get left(): readonly number[] {
    return this.#parts.entries
      .slice(this.#next)
      .filter((entry) => entry.do !== "close")
      .map(({ line }) => line);
  }

  /**
   * Answers as recorded, after as long as recorded: with what came in, or with its error. What the far end did before
   * comes before, even when it was not due. Rejects with HalError `"other"` when something else was recorded here.
   */
  async ask(asked: Asked): Promise<{ readonly value: CaptureValue | undefined; readonly line: number }> {
    this.#releaseEvents();
    const entry = this.#parts.entries[this.#next];
    if (!entry || !sameOperation(entry, asked)) throw this.#mismatch(entry, asked);
    this.#next++;
    this.#scheduleEvents(entry.ms);
    const { clock } = this.#parts;
    if (entry.took) await delay(clock, entry.took, asked.signal);
    if (entry.error?.aborted) await aborted(asked.signal);
    if (entry.error) throw restored(entry.error);
    return { value: entry.in, line: entry.line };
  }

  /** A close: consumes the recorded one when it is next, and is right in any case. */
  close(): void {
    this.#releaseEvents();
    if (this.#parts.entries[this.#next]?.do === "close") this.#next++;
  }

  /** Nothing happens by itself any more. */
  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.onEvent = undefined;
  }

  /** An error for a line whose answer cannot be used. */
  damaged(line: number, what: string): HalError {
    return this.#fail(`${this.#parts.capture} line ${line}: ${what}`);
  }

  /** Everything that the far end did before the next operation, at once. */
  #releaseEvents(): void {
    this.#timer?.[Symbol.dispose]();
    for (let entry = this.#event(); entry; entry = this.#event()) {
      this.#next++;
      this.onEvent?.(entry);
    }
  }

  /** Lets what the far end does next happen as long after `sinceMs` as it was recorded. */
  #scheduleEvents(sinceMs: number): void {
    const entry = this.#event();
    if (!entry) return;
    this.#timer = this.#parts.clock.after(
      Math.max(0, entry.ms - sinceMs),
      () => {
        this.#next++;
        this.onEvent?.(entry);
        this.#scheduleEvents(entry.ms);
      },
      { background: true },
    );
  }

  #event(): Entry | undefined {
    const entry = this.#parts.entries[this.#next];
    return entry && eventNames.has(entry.do) ? entry : undefined;
  }

  #mismatch(entry: Entry | undefined, asked: Asked): HalError {
    const { on, entries, capture } = this.#parts;
    const got = `got ${on} ${describe(asked)}`;
    if (entry) return this.#fail(`${capture} line ${entry.line}: expected ${on} ${describe(entry)}, ${got}`);
    const last = entries.at(-1)?.line;
    if (last === undefined) return this.#fail(`${capture} has nothing recorded on ${on}; ${got}`);
    return this.#fail(`${capture} has nothing more recorded on ${on} after line ${last}; ${got}`);
  }

  #fail(message: string): HalError {
    const error = new HalError("other", message);
    this.#parts.onMismatch(error);
    return error;
  }
}

/** Who asked is no part of what was asked: a test may give the device another name. */
const sameOperation = (entry: Entry, asked: Asked): boolean =>
  entry.do === asked.do && isDeepStrictEqual(comparable(entry.out), comparable(asked.out));

function comparable(out: CaptureValue | undefined): unknown {
  if (out === undefined || typeof out !== "object" || out === null || Array.isArray(out)) return out;
  const { consumer: _, ...rest } = out as Readonly<Record<string, unknown>>;
  return JSON.parse(JSON.stringify(rest));
}

const describe = ({ do: what, out }: { readonly do: string; readonly out?: CaptureValue }): string =>
  out === undefined ? what : `${what} ${JSON.stringify(comparable(out))}`;

/** Waits as the recorded caller did, who gave up in the end. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** An error as the driver saw it when it was recorded. */
export function restored({ message, kind, phase }: CaptureError): Error {
  return kind ? new HalError(kind, message, phase && { phase }) : new Error(message);
}
