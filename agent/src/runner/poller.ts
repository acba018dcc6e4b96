import { MapperError, type Timer } from "@edgetwin/mapper-sdk";
import { backoffMs } from "../backoff.ts";
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
    const { signal, device } = this.#session;
    const following: Promise<void>[] = [];
    const polled: Polled[] = [];
    for (const name of names) {
      const pushed = device.watch(name, { signal });
      if (pushed) following.push(this.#follow(name, pushed));
      else polled.push({ name, dueAt: 0, failures: 0 });
    }
    await Promise.all([this.#poll(polled), ...following]);
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

  /** One reading after the other: the bus takes no more anyway, and a thousand at once only fill the memory. */
  async #poll(polled: readonly Polled[]): Promise<void> {
    const { signal, clock } = this.#session;
    if (polled.length === 0) return;
    for (let pass = 0; !signal.aborted; pass++) {
      const startedAt = clock.monotonic();
      for (const one of polled) {
        if (one.dueAt > startedAt + passMs / 2 || signal.aborted) continue;
        one.dueAt = startedAt + (await this.#readOne(one)) * (pass === 0 ? this.#phase : 1);
      }
      this.#reader.tellUnchanged();
      await this.#until(Math.min(...polled.map(({ dueAt }) => dueAt)));
    }
  }

  /** Reads a property; milliseconds until it is to be read again. */
  async #readOne(polled: Polled): Promise<number> {
    const { plan, random } = this.#session;
    const cycleMs = plan().cycles.get(polled.name) ?? defaultCycleMs;
    try {
      await this.#reader.read(polled.name, "poll");
      polled.failures = 0;
      return cycleMs;
    } catch {
      polled.failures++;
      return backoffMs({ firstMs: cycleMs, capMs: Math.max(cycleMs, 60_000) }, polled.failures, random);
    }
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
