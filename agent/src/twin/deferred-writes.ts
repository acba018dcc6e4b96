import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { Store, StoreWrite } from "../store/store.ts";
import type { TwinRecord } from "./twin-record.ts";
import type { Cause, Outcome } from "./types.ts";

/** Refused attempts and retries may come fast; a flush stores at most this many lines of the cause log. */
const maxCauses = 1000;

/** A flush goes in slices: two thousand rows at once would hold up whatever comes meanwhile for ten milliseconds. */
const sliceRows = 100;
const sliceEveryMs = 20;

/**
 * Progress and readings that nobody waits for: the last state of each twin is written once per delay. Losing them
 * loses no desired value: after a restart the runner reads back before it writes.
 */
export class DeferredWrites implements AsyncDisposable {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #delayMs: number;
  readonly #twins = new Map<TwinRecord, Set<string>>();
  #causes: { readonly device: string; readonly cause: Cause }[] = [];
  #timer: Timer | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor({ store, clock, log, delayMs }: { store: Store; clock: Clock; log: Log; delayMs: number }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#delayMs = delayMs;
  }

  add(record: TwinRecord, { changes, causes }: Outcome): void {
    const names = this.#twins.get(record) ?? new Set();
    for (const { name } of changes) names.add(name);
    for (const { property } of causes) names.add(property);
    if (names.size > 0) this.#twins.set(record, names);
    for (const cause of causes) if (this.#causes.length < maxCauses) this.#causes.push({ device: record.uid, cause });
    if (this.#twins.size > 0) this.#arm(this.#delayMs);
  }

  /** Drops what waits for a device that is being deleted. */
  forget(record: TwinRecord): void {
    this.#twins.delete(record);
    this.#causes = this.#causes.filter(({ device }) => device !== record.uid);
  }

  /** Hands what waits to the store now. Never rejects: what cannot be stored is logged and lost. */
  flush(): Promise<void> {
    this.#flush();
    return this.#flushing;
  }

  #arm(delayMs: number): void {
    this.#timer ??= this.#clock.after(delayMs, () => this.#flush(sliceRows), { background: true });
  }

  #flush(most = Number.POSITIVE_INFINITY): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const writes: StoreWrite[] = [];
    // The head as it is now, not as it was: a twin that was written since must not be written back.
    for (const [record, names] of this.#twins) {
      for (const name of names) {
        if (writes.length >= most) break;
        names.delete(name);
        const twin = record.head.twins.get(name);
        if (twin) writes.push({ put: "twin", device: record.uid, twin });
      }
      if (names.size > 0) break;
      this.#twins.delete(record);
    }
    for (const { device, cause } of this.#causes.splice(0, most)) writes.push({ put: "cause", device, cause });
    if (this.#twins.size > 0 || this.#causes.length > 0) this.#arm(sliceEveryMs);
    if (writes.length === 0) return;
    this.#flushing = this.#store.commit(writes, "lazy").then(
      () => {
        this.#failed = false;
      },
      (error: unknown) => {
        if (!this.#failed) this.#log.warn("readings could not be stored", { error });
        this.#failed = true;
      },
    );
  }

  /** Writes what is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
