import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { backoffMs } from "../kubernetes/backoff.ts";

export interface WorkQueueOptions {
  /** For the log. */
  readonly name: string;
  /** Brings one key to what it should be. Resolves with the milliseconds after which to look again, or nothing. */
  readonly work: (key: string, signal: AbortSignal) => Promise<number | undefined>;
  /** Keys that are worked on at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

const backoff = { firstMs: 100, longestMs: 60_000 };

/**
 * Keys that need work. A key is in it once, however often it is added, and is never worked on twice at a time; one that
 * is added meanwhile is worked on again. One that fails comes back after a pause that doubles, and holds up no other.
 */
export class WorkQueue implements AsyncDisposable {
  readonly #options: WorkQueueOptions;
  readonly #random: () => number;
  readonly #ready = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  /** Added while worked on. */
  readonly #again = new Set<string>();
  readonly #later = new Map<string, Timer & { readonly due: number }>();
  readonly #failures = new Map<string, number>();
  readonly #stop = new AbortController();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** Keys that wait for their turn or are worked on; not those that wait for a time. */
  get size(): number {
    return this.#ready.size + this.#working.size;
  }

  /** Has a key worked on as soon as there is room; also one that waits for a time. */
  add(key: string): void {
    if (this.#stop.signal.aborted) return;
    this.#cancel(key);
    if (this.#working.has(key)) this.#again.add(key);
    else this.#ready.add(key);
    // Later, so that a key that is added several times in one go is worked on once.
    queueMicrotask(() => this.#fill());
  }

  /** Has a key worked on after a time; the earliest wins. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stop.signal.aborted || this.#ready.has(key) || this.#again.has(key)) return;
    const { clock } = this.#options;
    const due = clock.monotonic() + delayMs;
    const set = this.#later.get(key);
    if (set && set.due <= due) return;
    this.#cancel(key);
    const timer = clock.after(delayMs, () => this.add(key));
    this.#later.set(key, { due, [Symbol.dispose]: () => timer[Symbol.dispose]() });
  }

  /** Drops what waits, aborts what is worked on, and resolves when that has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const key of [...this.#later.keys()]) this.#cancel(key);
    this.#ready.clear();
    this.#again.clear();
    await Promise.all(this.#working.values());
  }

  #cancel(key: string): void {
    this.#later.get(key)?.[Symbol.dispose]();
    this.#later.delete(key);
  }

  #fill(): void {
    for (const key of this.#ready) {
      if (this.#working.size >= this.#options.concurrency) return;
      this.#ready.delete(key);
      this.#working.set(key, this.#run(key));
    }
  }

  async #run(key: string): Promise<void> {
    const { work, name, log } = this.#options;
    // Only now is the key known as worked on.
    await Promise.resolve();
    let afterMs: number | undefined;
    try {
      afterMs = await work(key, this.#stop.signal);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        const failures = (this.#failures.get(key) ?? 0) + 1;
        this.#failures.set(key, failures);
        afterMs = backoffMs(failures, { ...backoff, random: this.#random });
        log.warn("work failed", { queue: name, key, failures, pauseMs: Math.round(afterMs), error });
      }
    }
    this.#working.delete(key);
    if (this.#again.delete(key)) this.#ready.add(key);
    else if (afterMs !== undefined) this.addAfter(key, afterMs);
    this.#fill();
  }
}
