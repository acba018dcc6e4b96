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

interface Pass {
  readonly startedAt: number;
  /** Share of the cycle that is to pass until the next one. */
  readonly phase: number;
}

const nameOf = ({ name }: Polled): string => name;

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
    const dueAt = Math.floor(clock.monotonic());
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
      const take = (value: unknown) =>
        value instanceof MapperError ? this.#reader.failed(name, value) : this.#reader.take(name, value);
      await followPushes(pushed, { clock, signal, figures: pushes, take });
    } catch (error) {
      if (!signal.aborted) this.#reader.failed(name, error);
      throw error;
    }
    if (!signal.aborted) throw new MapperError("DEVICE_IO", `${name} stopped pushing values`);
  }

  /** Pass after pass; one that takes longer than the cycle makes the next one late, it never runs beside it. */
  async #poll(polled: readonly Polled[]): Promise<void> {
    const { signal } = this.#session;
    if (polled.length === 0) return;
    for (let phase = this.#phase; !signal.aborted; phase = 1) {
      // Whole milliseconds, here and below: a fraction is an object on the heap.
      const startedAt = Math.floor(this.#session.clock.monotonic());
      await this.#readAll(this.#dueAt(startedAt, polled), { startedAt, phase });
      let next = (polled[0] as Polled).dueAt;
      for (let index = 1; index < polled.length; index++) {
        const { dueAt } = polled[index] as Polled;
        if (dueAt < next) next = dueAt;
      }
      await this.#until(next);
    }
  }

  /** What is due; counts the readings that were due since and are left out. */
  #dueAt(startedAt: number, polled: readonly Polled[]): readonly Polled[] {
    const soon = startedAt + passMs / 2;
    const due: Polled[] = [];
    for (let index = 0; index < polled.length; index++) {
      const one = polled[index] as Polled;
      if (one.dueAt > soon) continue;
      due.push(one);
      const lateMs = startedAt - one.dueAt;
      if (lateMs > passMs && lateMs >= this.#cycleMs(one)) {
        this.#session.lane.missed(Math.floor(lateMs / this.#cycleMs(one)));
      }
    }
    return due;
  }

  /** Reads `due` in as many turns on the bus as it takes. */
  async #readAll(due: readonly Polled[], pass: Pass): Promise<void> {
    const { signal } = this.#session;
    for (let left = due; left.length > 0 && !signal.aborted; ) {
      try {
        left = this.#settle(left, await this.#reader.poll(left.map(nameOf)), pass);
      } catch (error) {
        for (const one of left) {
          this.#reader.failed(one.name, error);
          this.#done(one, true, pass);
        }
        return;
      }
    }
  }

  /** Takes note of what was read; returns what was not. */
  #settle(left: readonly Polled[], results: Awaited<ReturnType<Reader["poll"]>>, pass: Pass): readonly Polled[] {
    const unread: Polled[] = [];
    for (let index = 0; index < left.length; index++) {
      const one = left[index] as Polled;
      const result = results[one.name];
      if (result === undefined) unread.push(one);
      else this.#done(one, result.error !== undefined, pass);
    }
    return unread;
  }

  #done(one: Polled, failed: boolean, { startedAt, phase }: Pass): void {
    one.failures = failed ? one.failures + 1 : 0;
    one.dueAt = startedAt + Math.ceil(this.#restMs(one) * phase);
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
    const { signal, clock, lane } = this.#session;
    if (signal.aborted) return;
    let timer: Timer | undefined;
    let end = () => {};
    await new Promise<void>((resolve) => {
      end = resolve;
      signal.addEventListener("abort", end, { once: true });
      const restMs = Math.max(0, dueAt - Math.floor(clock.monotonic()));
      lane.rests(restMs);
      timer = clock.after(restMs, resolve);
    });
    lane.rests(undefined);
    timer?.[Symbol.dispose]();
    signal.removeEventListener("abort", end);
  }
}
