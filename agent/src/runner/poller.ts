import { MapperError, type Timer } from "@edgetwin/mapper-sdk";
import { backoffMs } from "../backoff.ts";
import { followPushes } from "./push-gate.ts";
import type { Reader } from "./reader.ts";
import type { Session } from "./session.ts";

/** KubeEdge's default of `collectCycle`. */
export const defaultCycleMs = 1000;

/** Readings that are due within this time of each other are taken in one pass. */
const passMs = 50;

interface Polled {
  readonly name: string;
  /** On the monotonic clock. */
  dueAt: number;
  failures: number;
}

/**
 * Keeps reported values fresh until the session ends: by what the device pushes where it does, else by reading every
 * cycle. A failing property is read less and less often, but never given up.
 */
export class Poller {
  readonly #session: Session;
  readonly #reader: Reader;
  /** Share of a cycle after which the second pass begins: spreads many devices over the cycle. */
  readonly #phase: number;

  constructor(session: Session, reader: Reader) {
    this.#session = session;
    this.#reader = reader;
    this.#phase = session.random();
  }

  /** Runs until the session ends. Rejects when the device stops pushing a property it pushed. */
  async run(names: readonly string[]): Promise<void> {
    const { signal, device, clock } = this.#session;
    const following: Promise<void>[] = [];
    const polled: Polled[] = [];
    const dueAt = clock.monotonic();
    for (const name of names) {
      const pushed = device.watch(name, { signal });
      if (pushed) following.push(this.#follow(name, pushed));
      else polled.push({ name, dueAt, failures: 0 });
    }
    await Promise.all([this.#poll(polled), ...following]);
  }

  async #follow(name: string, pushed: AsyncIterable<unknown>): Promise<void> {
    const { signal, clock, pushes } = this.#session;
    // What it says now; pushes only tell of changes.
    await this.#reader.read(name, "poll").catch(() => {});
    try {
      const take = (value: unknown) => this.#reader.take(name, value);
      await followPushes(pushed, { clock, signal, figures: pushes, take });
    } catch (error) {
      if (!signal.aborted) this.#reader.failed(name, error);
      throw error;
    }
    if (!signal.aborted) throw new MapperError("DEVICE_IO", `${name} stopped pushing values`);
  }

  /** Pass after pass; one that takes longer than the cycle makes the next one late, it never runs beside it. */
  async #poll(polled: readonly Polled[]): Promise<void> {
    const { signal, clock, lane } = this.#session;
    if (polled.length === 0) return;
    for (let phase = this.#phase; !signal.aborted; phase = 1) {
      const startedAt = clock.monotonic();
      const due = polled.filter(({ dueAt }) => dueAt <= startedAt + passMs / 2);
      for (const one of due) {
        const late = Math.floor((startedAt - one.dueAt) / this.#cycleMs(one));
        if (late > 0) lane.missed(late);
      }
      await this.#readAll(due, { startedAt, phase });
      let next = Number.POSITIVE_INFINITY;
      for (const { dueAt } of polled) next = Math.min(next, dueAt);
      await this.#until(next);
    }
  }

  /** Reads `due` in as many turns on the bus as it takes. */
  async #readAll(due: readonly Polled[], pass: { readonly startedAt: number; readonly phase: number }): Promise<void> {
    const { signal } = this.#session;
    const done = (one: Polled, failed: boolean) => {
      one.failures = failed ? one.failures + 1 : 0;
      one.dueAt = pass.startedAt + this.#restMs(one) * pass.phase;
    };
    for (let left = due; left.length > 0 && !signal.aborted; ) {
      const names = left.map(({ name }) => name);
      try {
        const results = await this.#reader.poll(names);
        left = left.filter((one) => {
          const result = results[one.name];
          if (result) done(one, result.error !== undefined);
          return result === undefined;
        });
      } catch (error) {
        for (const one of left) {
          this.#reader.failed(one.name, error);
          done(one, true);
        }
        return;
      }
    }
  }

  #cycleMs({ name }: Polled): number {
    return this.#session.plan().cycles.get(name) ?? defaultCycleMs;
  }

  /** Milliseconds until a property is to be read again. */
  #restMs(one: Polled): number {
    const cycleMs = this.#cycleMs(one);
    if (one.failures === 0) return cycleMs;
    const backoff = { firstMs: cycleMs, capMs: Math.max(cycleMs, 60_000) };
    return backoffMs(backoff, one.failures, this.#session.random);
  }

  /** Waits for a time of the monotonic clock, or for the end of the session. */
  async #until(dueAt: number): Promise<void> {
    const { signal, clock } = this.#session;
    if (signal.aborted) return;
    let timer: Timer | undefined;
    let end = () => {};
    await new Promise<void>((resolve) => {
      end = resolve;
      signal.addEventListener("abort", end, { once: true });
      timer = clock.after(Math.max(0, dueAt - clock.monotonic()), resolve);
    });
    timer?.[Symbol.dispose]();
    signal.removeEventListener("abort", end);
  }
}
