import { setMaxListeners } from "node:events";
import { mapperErrorOf } from "../../attempt.ts";
import { delay } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import { linkSignals } from "../../linked-signal.ts";
import type { Device } from "../../mapper.ts";
import { propertyOf } from "../../model.ts";
import type { Value } from "../../value.ts";
import { BusTurns } from "./bus-turns.ts";
import { withDeadline } from "./deadline.ts";
import type { EdgeWorld } from "./edge-device.ts";
import type { Health, ReportedTwin } from "./manager.ts";
import type { PropertyState } from "./property-state.ts";

/** What a session works with. */
export interface SessionParts {
  /** Of the device, for messages. */
  readonly name: string;
  readonly device: Device;
  readonly properties: ReadonlyMap<string, PropertyState>;
  readonly world: EdgeWorld;
  readonly tell: (twin: ReportedTwin) => void;
  readonly tellHealth: (health: Health) => void;
}

const callTimeoutMs = 10_000;
/** Passes in a row in which nothing answered, after which the device counts as lost and is opened anew. */
const mostLostPasses = 3;
/** Readings that are due this soon after another one go along with it. */
const togetherMs = 20;

/** One open device: writes what is desired, reads what is due, listens to what it pushes. */
export class DeviceSession {
  readonly #parts: SessionParts;
  readonly #turns: BusTurns;
  #wake = () => {};
  #woken = false;
  #lostPasses = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { bus } = parts.device;
    this.#turns = bus === undefined ? new BusTurns() : parts.world.turns(bus);
  }

  /** Something is desired, or due, that was not when the session went to sleep. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Runs until `signal` aborts; rejects with what the device failed with. */
  async run(signal: AbortSignal): Promise<void> {
    const { properties, tellHealth } = this.#parts;
    const stop = new AbortController();
    using link = linkSignals(signal, stop.signal);
    setMaxListeners(0, link.signal); // one for each watch; node warns of more than ten
    const watches: Promise<void>[] = [];
    try {
      const now = this.#now();
      for (const state of properties.values()) state.reopened(now);
      // What the device shows is known before anything is written: after a restart, mostly nothing has to be.
      await this.#read(
        [...properties.values()].filter((one) => one.reads || one.initial !== undefined),
        link.signal,
      );
      for (const state of properties.values()) if (state.reads) this.#watch(state, link.signal, watches);
      while (!signal.aborted) {
        this.#woken = false;
        await this.#write(link.signal);
        await this.#readDue(link.signal);
        tellHealth(this.#health());
        await this.#sleep(link.signal);
      }
    } finally {
      stop.abort();
      await Promise.all(watches);
    }
  }

  #now(): number {
    return this.#parts.world.clock.monotonic();
  }

  #health(): Health {
    for (const { problem } of this.#parts.properties.values()) if (problem !== undefined) return "unhealthy";
    return "online";
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { device, world, name, properties } = this.#parts;
    const { log } = world;
    for (const state of properties.values()) {
      try {
        const value = state.toWrite(this.#now());
        if (value === undefined) continue;
        const what = `writing ${name} ${state.name}`;
        await this.#turns.run("write", () =>
          withDeadline({ clock: world.clock, timeoutMs: callTimeoutMs, what, signal }, (abort) =>
            device.write(state.name, value as never, { signal: abort }),
          ),
        );
        state.written(value, this.#now());
        log.info("dmi.value-written", { device: name, property: state.name });
      } catch (cause) {
        signal.throwIfAborted();
        const error = mapperErrorOf(cause);
        state.notWritten(error, this.#now());
        log.warn("dmi.value-not-written", { device: name, property: state.name, code: error.code, error });
      }
    }
  }

  async #readDue(signal: AbortSignal): Promise<void> {
    const now = this.#now() + togetherMs;
    const due = [...this.#parts.properties.values()].filter(({ reads, dueAt }) => reads && dueAt <= now);
    if (due.length === 0 || !due.some(({ dueAt }) => dueAt <= this.#now())) return;
    await this.#read(due, signal);
  }

  async #read(states: readonly PropertyState[], signal: AbortSignal): Promise<void> {
    if (states.length === 0) return;
    const { device, world, name } = this.#parts;
    const names = states.map((state) => state.name);
    const timeoutMs = callTimeoutMs + 1000 * states.length;
    const results = await this.#turns.run("read", () =>
      withDeadline({ clock: world.clock, timeoutMs, what: `reading ${name}`, signal }, (abort) =>
        device.readMany(names, { signal: abort, goOn: () => !this.#turns.urgent }),
      ),
    );
    let lost: MapperError | undefined;
    let answered = false;
    for (const state of states) {
      const result = results[state.name];
      if (!result) continue; // not begun, because a write waits; it stays due
      if (result.error) {
        this.#failed(state, result.error);
        lost ??= result.error;
      } else {
        answered = true;
        this.#seen(state, result.value);
      }
    }
    this.#lostPasses = answered || !lost ? 0 : this.#lostPasses + 1;
    if (lost && this.#lostPasses >= mostLostPasses) throw lost;
  }

  #seen(state: PropertyState, value: unknown): void {
    const { world, tell } = this.#parts;
    const { clock } = world;
    const twin = state.seen(this.#twinOf(state, value), { now: this.#now(), wallMs: clock.now() });
    if (!twin || !state.reads) return;
    tell(twin);
    if (state.misfit === undefined) return;
    const told = { device: this.#parts.name, property: state.name, value: state.misfit, reported: twin.reported };
    world.log.warn("dmi.value-changed", { ...told, reason: "EdgeCore takes no other characters" });
    state.misfit = undefined;
  }

  #twinOf({ name }: PropertyState, value: unknown): Value {
    return propertyOf(this.#parts.device.model, name).toTwin(value);
  }

  #failed(state: PropertyState, error: MapperError): void {
    const { world, name } = this.#parts;
    if (state.problem !== error.message)
      world.log.warn("dmi.property-not-read", { device: name, property: state.name, code: error.code, error });
    state.problem = error.message;
    state.dueAt = this.#now() + state.described.collectCycleMs;
  }

  #watch(state: PropertyState, signal: AbortSignal, watches: Promise<void>[]): void {
    const pushed = this.#parts.device.watch(state.name, { signal });
    if (!pushed) return;
    state.watched = true;
    watches.push(this.#listen(state, pushed));
  }

  /** A watch that fails leaves the property to be polled. */
  async #listen(state: PropertyState, pushed: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const value of pushed)
        if (value instanceof MapperError) this.#failed(state, value);
        else this.#seen(state, value);
    } catch (error) {
      this.#failed(state, mapperErrorOf(error));
    }
    state.watched = false;
    state.dueAt = Math.min(state.dueAt, this.#now() + state.described.collectCycleMs);
    this.wake();
  }

  /** Until something is due, or somebody wakes the session. */
  async #sleep(signal: AbortSignal): Promise<void> {
    const nextAt = Math.min(...[...this.#parts.properties.values()].map((state) => state.nextAt));
    if (this.#woken || signal.aborted) return;
    const ms = Number.isFinite(nextAt) ? Math.max(0, nextAt - this.#now()) : longestSleepMs;
    const woken = new AbortController();
    using link = linkSignals(signal, woken.signal);
    this.#wake = () => woken.abort();
    await delay(this.#parts.world.clock, ms, link.signal).catch(() => undefined);
    this.#wake = () => {};
  }
}

/** Nothing is ever due on a device without properties. */
const longestSleepMs = 60 * 60_000;
