import type { Clock, Timer } from "../clock.ts";

interface Pending {
  readonly due: number;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order they are due. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #pending = new Set<Pending>();
  #onTimer: (() => void) | undefined;

  /** @param now wall-clock milliseconds to start at. */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = { due: this.#monotonic + Math.max(0, delayMs), action };
    this.#pending.add(timer);
    this.#onTimer?.();
    return { [Symbol.dispose]: () => void this.#pending.delete(timer) };
  }

  /** Timers that were set and are not due yet. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Milliseconds until the next timer is due, or undefined when none is set. */
  get nextDueMs(): number | undefined {
    const next = this.#next();
    return next && next.due - this.#monotonic;
  }

  /** Lets `ms` pass. Promises that a timer settles run before the next timer fires. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(); next && next.due <= end; next = this.#next()) {
      this.#pass(next.due - this.#monotonic);
      this.#pending.delete(next);
      next.action();
      await settle();
    }
    this.#pass(end - this.#monotonic);
  }

  /**
   * Lets time pass from timer to timer until `outcome` settles, and returns or throws what it settles with. Rejects
   * with the signal's reason when it aborts first: the way out for an outcome that may never settle.
   */
  async runUntil<T>(outcome: PromiseLike<T>, { signal }: { readonly signal?: AbortSignal } = {}): Promise<T> {
    let settled = false;
    const watched = new Promise<T>((resolve, reject) => {
      outcome.then(resolve, reject);
      if (signal?.aborted) reject(signal.reason);
      else signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    }).finally(() => {
      settled = true;
    });
    watched.catch(() => undefined); // told to whoever awaits it below; until then it is not unhandled
    for (;;) {
      await settle();
      const nextMs = this.nextDueMs;
      if (!settled && nextMs !== undefined) await this.advance(nextMs);
      else if (!settled) await Promise.race([watched.catch(() => undefined), this.#timerSet()]);
      if (settled) return await watched;
    }
  }

  /** Moves the wall clock alone, as the first NTP answer does; timers and `monotonic` do not notice. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Resolves with the next timer: what waits for a file or a socket may want time to pass afterwards. */
  #timerSet(): Promise<void> {
    return new Promise((resolve) => {
      this.#onTimer = resolve;
    });
  }

  #pass(ms: number): void {
    this.#monotonic += ms;
    this.#now += ms;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#pending) if (first === undefined || timer.due < first.due) first = timer;
    return first;
  }
}

/** Lets everything that is ready to run do so: promise chains, and what they schedule for the next turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
