import { type Clock, MapperError, type Timer } from "@edgetwin/mapper-sdk";

/** What a guard is made of. */
export interface CallGuardParts {
  readonly clock: Clock;
  /** Completes "… did not answer within 10 s". */
  readonly what: string;
  /** A call that takes longer is given up. */
  readonly timeoutMs: number;
  /** Gives up every call. */
  readonly signal: AbortSignal;
}

/**
 * The signal for calls to one device, which come one at a time. It aborts when a call is overdue or the session ends.
 * One controller and one timer serve thousands of calls: a controller and a timer for each cost more than the call.
 */
export class CallGuard implements Disposable {
  readonly #parts: CallGuardParts;
  readonly #onAbort: () => void;
  readonly #check = (): void => this.#look();
  #controller = new AbortController();
  #timer: Timer | undefined;
  /** When the call under way showed its last sign of life, on the monotonic clock; undefined between calls. */
  #since: number | undefined;
  #property: string | undefined;
  /** Tells a call that was given up from the one that came after it. */
  #calls = 0;

  constructor(parts: CallGuardParts) {
    this.#parts = parts;
    this.#onAbort = () => this.#controller.abort(parts.signal.reason);
    if (parts.signal.aborted) this.#onAbort();
    else parts.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Runs `action` with a signal that aborts when it takes too long. Settles as it does.
   *
   * @param property what the call is about, if that is one property: the error names it.
   */
  async call<T>(action: (signal: AbortSignal) => Promise<T>, property?: string): Promise<T> {
    const { clock, timeoutMs } = this.#parts;
    const call = ++this.#calls;
    this.#property = property;
    this.#since = Math.floor(clock.monotonic()); // a fraction is an object on the heap
    this.#timer ??= clock.after(timeoutMs, this.#check);
    try {
      return await action(this.#controller.signal);
    } finally {
      if (this.#calls === call) this.#since = undefined;
    }
  }

  /** The call under way got an answer and goes on with another question: its time begins anew. */
  answered(): void {
    if (this.#since !== undefined) this.#since = Math.floor(this.#parts.clock.monotonic());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#parts.signal.removeEventListener("abort", this.#onAbort);
  }

  #look(): void {
    const { clock, timeoutMs, signal, what } = this.#parts;
    this.#timer = undefined;
    if (this.#since === undefined || signal.aborted) return;
    const leftMs = this.#since + timeoutMs - clock.monotonic();
    if (leftMs > 0) {
      this.#timer = clock.after(leftMs, this.#check);
      return;
    }
    const overdue = this.#controller;
    this.#controller = new AbortController();
    const who = this.#property === undefined ? what : `${this.#property} of ${what}`;
    overdue.abort(new MapperError("DEVICE_IO", `${who} did not answer within ${timeoutMs} ms`));
  }
}
