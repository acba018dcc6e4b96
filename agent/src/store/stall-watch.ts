import type { Clock, Timer } from "@edgetwin/mapper-sdk";

/** What a `StallWatch` needs. */
export interface StallWatchParts {
  readonly clock: Clock;
  readonly stallMs: number;
  /** Called once for a piece of work that takes longer. @param ms how long it has been going on. */
  readonly onStall: (ms: number) => void;
}

/**
 * Notices that one piece of work takes too long. One timer at most, which outlives many pieces: setting one for each
 * commit would cost more than the commit's own book-keeping.
 */
export class StallWatch implements Disposable {
  readonly #parts: StallWatchParts;
  #since: number | undefined;
  #timer: Timer | undefined;
  #stalled = false;

  constructor(parts: StallWatchParts) {
    this.#parts = parts;
  }

  /** Whether the work going on now, or the last one until the next `begin`, was too long. */
  get stalled(): boolean {
    return this.#stalled;
  }

  begin(): void {
    this.#since = this.#parts.clock.monotonic();
    this.#stalled = false;
    this.#timer ??= this.#wait(this.#parts.stallMs);
  }

  end(): void {
    this.#since = undefined;
  }

  [Symbol.dispose](): void {
    this.#since = undefined;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #wait(ms: number): Timer {
    return this.#parts.clock.after(ms, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#since === undefined) return;
    const { clock, stallMs, onStall } = this.#parts;
    const ms = clock.monotonic() - this.#since;
    if (ms < stallMs) this.#timer = this.#wait(stallMs - ms);
    else {
      this.#stalled = true;
      onStall(ms);
    }
  }
}
