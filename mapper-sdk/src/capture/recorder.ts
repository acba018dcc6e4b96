import type { Clock } from "../clock.ts";
import { HalError } from "../hal.ts";
import { type CaptureEntry, type CaptureError, type CaptureValue, captureVersion } from "./capture.ts";

/** Takes the lines of a capture, without line ends, in order. Must not throw: control goes on whatever happens to it. */
export type CaptureSink = (line: string) => void;

/** An operation that is about to begin. */
export interface Recorded<T> {
  readonly on: string;
  readonly do: string;
  readonly out?: CaptureValue;
  /** What came in, as captures hold it; left out when nothing does. */
  readonly in?: (result: T) => CaptureValue | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Turns what happens on a board into lines of a capture. */
export class Recorder {
  readonly #clock: Clock;
  readonly #write: (line: string, entry: CaptureEntry) => void;
  readonly #startMs: number;
  #count = 0;

  constructor(clock: Clock, write: (line: string, entry: CaptureEntry) => void) {
    this.#clock = clock;
    this.#write = write;
    this.#startMs = clock.monotonic();
  }

  /** The first line of a capture. */
  header(board: string): string {
    const startedAt = new Date(this.#clock.now() - this.#sinceStart()).toISOString();
    return JSON.stringify({ capture: captureVersion, board, startedAt });
  }

  /** Runs `action` and writes down how it went; returns or throws what it does. */
  async operation<T>(recorded: Recorded<T>, action: () => T | Promise<T>): Promise<T> {
    const began = this.#begin(recorded.on, recorded.do);
    const { out, signal } = recorded;
    try {
      const result = await action();
      const came = recorded.in?.(result);
      this.#end({ ...began, ...(out !== undefined && { out }), ...(came !== undefined && { in: came }) });
      return result;
    } catch (error) {
      const failure = captureError(error, signal);
      this.#end({ ...began, ...(out !== undefined && { out }), error: failure });
      throw error;
    }
  }

  /** Writes down something that is over already: an event, or a pure answer. */
  note(entry: Omit<CaptureEntry, "n" | "ms">): void {
    this.#take({ ...this.#begin(entry.on, entry.do), ...entry });
  }

  #begin(on: string, what: string) {
    this.#count++;
    return { n: this.#count, ms: round(this.#sinceStart()), on, do: what };
  }

  #end(entry: CaptureEntry): void {
    const took = round(this.#sinceStart() - entry.ms);
    const { n, ms, ...rest } = entry;
    this.#take({ n, ms, ...(took > 0 && { took }), ...rest });
  }

  #take(entry: CaptureEntry): void {
    this.#write(JSON.stringify(entry), entry);
  }

  #sinceStart(): number {
    return this.#clock.monotonic() - this.#startMs;
  }
}

/** Microseconds are enough, and shorter. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** What a capture keeps of an error. */
export function captureError(error: unknown, signal?: AbortSignal): CaptureError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof HalError) {
    return { message, kind: error.kind, ...(error.phase && { phase: error.phase }) };
  }
  return signal?.aborted ? { message, aborted: true } : { message };
}
