import { MapperError } from "./errors.ts";
import type { Awaitable } from "./mapper.ts";

interface Wait {
  /** Where it stands in the list; the last one takes its place when it leaves. */
  index: number;
  readonly reject: (reason: MapperError) => void;
}

/**
 * Frees whoever waits for a driver the moment a signal aborts, also when the driver ignores the signal or hangs on dead
 * hardware. One listener serves all calls under the signal: adding and removing one for each costs more than the call.
 */
export class AbortRace implements Disposable {
  readonly signal: AbortSignal;
  readonly #waits: Wait[] = [];
  readonly #onAbort = (): void => {
    const reason = abortedBy(this.signal);
    for (const { reject } of this.#waits.splice(0)) reject(reason);
  };

  constructor(signal: AbortSignal) {
    this.signal = signal;
    if (!signal.aborted) signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Throws `DEVICE_ABORTED`, or the reason of the signal when that is one of our errors, once the signal has aborted. */
  check(): void {
    if (this.signal.aborted) throw abortedBy(this.signal);
  }

  /**
   * What a driver returned, as it is when it is there already; else a promise that settles with it, or rejects as `check`
   * throws when the signal aborts first. What comes later is dropped; it never becomes an unhandled rejection.
   */
  wait<T>(started: Awaitable<T>): Awaitable<T> {
    if (!isPromiseLike(started)) {
      this.check();
      return started;
    }
    return new Promise((resolve, reject) => {
      const wait: Wait = { index: this.#waits.length, reject };
      if (this.signal.aborted) reject(abortedBy(this.signal));
      else this.#waits.push(wait);
      Promise.resolve(started).then(
        (value) => {
          this.#forget(wait);
          resolve(value);
        },
        (cause: unknown) => {
          this.#forget(wait);
          reject(cause);
        },
      );
    });
  }

  /** Takes its listener off the signal. */
  [Symbol.dispose](): void {
    this.signal.removeEventListener("abort", this.#onAbort);
  }

  #forget(wait: Wait): void {
    if (this.#waits[wait.index] !== wait) return;
    const last = this.#waits.pop() as Wait;
    if (last === wait) return;
    last.index = wait.index;
    this.#waits[wait.index] = last;
  }
}

/** Whether there is something to wait for. */
export const isPromiseLike = <T>(value: Awaitable<T>): value is PromiseLike<T> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** A reason that is one of our errors stays what it is: a runner aborts with the error its caller should see. */
function abortedBy({ reason }: AbortSignal): MapperError {
  if (reason instanceof MapperError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new MapperError("DEVICE_ABORTED", `the operation was given up: ${why}`, { cause: reason });
}
