import { MapperError, type Timer } from "@edgetwin/mapper-sdk";
import { backoffMs } from "./backoff.ts";
import type { Reader } from "./reader.ts";
import type { Session } from "./session.ts";

/** KubeEdge's default of `collectCycle`. */
export const defaultCycleMs = 1000;

/** Readings that are due within this time of each other are taken together, so that one timer serves a thousand. */
const gridMs = 50;

interface Polled {
  readonly name: string;
  /** On the monotonic clock. */
  dueAt: number;
  failures: number;
  /** Whether a reading is under way. */
  busy: boolean;
  /** Whether its place in the cycle was drawn. */
  spread: boolean;
}

/**
 * Keeps reported values fresh until the session ends: by what the device pushes where it does, else by reading every
 * cycle. A failing property is read less and less often, but never given up.
 */
export class Poller {
  readonly #session: Session;
  readonly #reader: Reader;
  readonly #polled: Polled[] = [];
  #timer: Timer | undefined;
  /** When the timer fires. */
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(session: Session, reader: Reader) {
    this.#session = session;
    this.#reader = reader;
  }

  /** Runs until the session ends. Rejects when the device stops pushing a property it pushed. */
  async run(names: readonly string[]): Promise<void> {
    const { signal, device } = this.#session;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const watched: Promise<void>[] = [];
    for (const name of names) {
      const pushed = device.watch(name, { signal });
      if (pushed) watched.push(this.#follow(name, pushed));
      else this.#polled.push({ name, dueAt: 0, failures: 0, busy: false, spread: false });
    }
    if (this.#polled.length > 0) this.#arm(0);
    try {
      await Promise.race([ended, ...watched.map((following) => following.then(() => ended))]);
    } finally {
      this.#timer?.[Symbol.dispose]();
      signal.removeEventListener("abort", end);
    }
  }

  async #follow(name: string, pushed: AsyncIterable<unknown>): Promise<void> {
    const { signal } = this.#session;
    // What it says now; pushes only tell of changes.
    await this.#reader.read(name, "poll").catch(() => {});
    try {
      for await (const value of pushed) this.#reader.take(name, value);
    } catch (error) {
      if (!signal.aborted) this.#reader.failed(name, error);
      throw error;
    }
    if (!signal.aborted) throw new MapperError("DEVICE_IO", `${name} stopped pushing values`);
  }

  /** Makes sure that the timer fires at `dueAt` or before. */
  #arm(dueAt: number): void {
    const { clock, signal } = this.#session;
    if (dueAt >= this.#armedFor || signal.aborted) return;
    this.#timer?.[Symbol.dispose]();
    this.#armedFor = dueAt;
    this.#timer = clock.after(Math.max(0, dueAt - clock.monotonic()), () => this.#readDue());
  }

  #readDue(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const limit = this.#session.clock.monotonic() + gridMs / 2;
    let next = Number.POSITIVE_INFINITY;
    for (const polled of this.#polled) {
      if (polled.busy) continue;
      if (polled.dueAt <= limit) void this.#readOne(polled);
      else next = Math.min(next, polled.dueAt);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
  }

  async #readOne(polled: Polled): Promise<void> {
    const { clock, plan, random } = this.#session;
    const cycleMs = plan().cycles.get(polled.name) ?? defaultCycleMs;
    polled.busy = true;
    let waitMs = cycleMs;
    try {
      await this.#reader.read(polled.name, "poll");
      polled.failures = 0;
      // The first reading is taken at once; a random phase then spreads many properties over the cycle.
      if (!polled.spread) waitMs = cycleMs * random();
      polled.spread = true;
    } catch {
      polled.failures++;
      waitMs = backoffMs({ firstMs: cycleMs, capMs: Math.max(cycleMs, 60_000) }, polled.failures, random);
    }
    polled.busy = false;
    polled.dueAt = Math.ceil((clock.monotonic() + waitMs) / gridMs) * gridMs;
    this.#arm(polled.dueAt);
  }
}
