import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { Store, StoreWrite } from "../store/store.ts";
import type { TwinRecord } from "./twin-record.ts";
import type { Cause, Outcome } from "./types.ts";

/** Refused attempts and retries may come fast; a flush stores at most this many lines of the cause log. */
const maxCauses = 1000;

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
    if (this.#twins.size > 0)
      this.#timer ??= this.#clock.after(this.#delayMs, () => this.#flush(), { background: true });
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

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const writes: StoreWrite[] = [];
    // The head as it is now, not as it was: a twin that was written since must not be written back.
    for (const [{ uid, head }, names] of this.#twins) {
      for (const name of names) {
        const twin = head.twins.get(name);
        if (twin) writes.push({ put: "twin", device: uid, twin });
      }
    }
    for (const { device, cause } of this.#causes) writes.push({ put: "cause", device, cause });
    this.#twins.clear();
    this.#causes = [];
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
