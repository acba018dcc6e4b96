import { type Clock, MapperError, type Timer } from "@edgetwin/mapper-sdk";

/** What a guard is made of. */
export interface CallGuardParts {
  readonly clock: Clock;
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
  #controller = new AbortController();
  #timer: Timer | undefined;
  #current: { readonly what: string; readonly since: number } | undefined;

  constructor(parts: CallGuardParts) {
    this.#parts = parts;
    this.#onAbort = () => this.#controller.abort(parts.signal.reason);
    if (parts.signal.aborted) this.#onAbort();
    else parts.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Runs `action`; `what` completes "… did not answer within 10 s". */
  async call<T>(what: string, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, timeoutMs } = this.#parts;
    const call = { what, since: clock.monotonic() };
    this.#current = call;
    this.#timer ??= clock.after(timeoutMs, () => this.#check());
    try {
      return await action(this.#controller.signal);
    } finally {
      if (this.#current === call) this.#current = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#parts.signal.removeEventListener("abort", this.#onAbort);
  }

  #check(): void {
    const { clock, timeoutMs, signal } = this.#parts;
    this.#timer = undefined;
    if (!this.#current || signal.aborted) return;
    const { what, since } = this.#current;
    const leftMs = since + timeoutMs - clock.monotonic();
    if (leftMs > 0) {
      this.#timer = clock.after(leftMs, () => this.#check());
      return;
    }
    const overdue = this.#controller;
    this.#controller = new AbortController();
    overdue.abort(new MapperError("DEVICE_IO", `${what} did not answer within ${timeoutMs} ms`));
  }
}
