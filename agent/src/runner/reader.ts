import { type ManyResults, MapperError, type Model, propertyOf, sameValue, type Value } from "@edgetwin/mapper-sdk";
import type { Origin } from "../twin/types.ts";
import type { Priority, Request } from "./bus-queue.ts";
import { defaultFilter, passes } from "./change-filter.ts";
import { mapperOrigin, type Session } from "./session.ts";

/** How long a device keeps its bus for readings that are not merged, and how long a reading waits to be told. */
const turnMs = 50;

/** What was passed on last of a property. One that is read again a thousand times is changed in place. */
interface Passed {
  value: Value;
  monotonicMs: number;
}

/** Reads properties and turns readings and failures into twin events. */
export class Reader {
  readonly #session: Session;
  readonly #last = new Map<string, Passed>();
  readonly #actual = new Map<string, Value>();
  readonly #onLost: (reason: Error) => void;
  readonly #origin: Origin;
  readonly #poll: Request;
  readonly #goOn: () => boolean;
  #turnEndsAt = 0;
  /** Read in this turn, each found as it was. */
  #unchanged: string[] = [];
  #failuresInARow = 0;
  #failure: unknown;

  /** @param onLost called once nothing answers any more. */
  constructor(session: Session, onLost: (reason: Error) => void) {
    this.#session = session;
    this.#onLost = onLost;
    this.#origin = mapperOrigin(session);
    this.#poll = { priority: "poll", signal: session.signal };
    const { clock, guard, lane } = session;
    this.#goOn = () => {
      guard.answered();
      return !lane.isWanted && clock.monotonic() < this.#turnEndsAt;
    };
  }

  /** What the device showed last in this session; the twin may be behind while the card is slow. */
  actual(name: string): Value | undefined {
    return this.#actual.get(name);
  }

  /** Reads `name` through the bus queue and reports it. Rejects as the device does. */
  async read(name: string, priority: Priority): Promise<Value> {
    const value = await this.fetch(name, priority);
    this.#report(name, value);
    this.#tellUnchanged();
    return value;
  }

  /** Reads `name` like `read`, but leaves the report to the caller. */
  async fetch(name: string, priority: Priority): Promise<Value> {
    const { device, lane, guard, signal } = this.#session;
    try {
      const read = (inner: AbortSignal) => device.read(name, { signal: inner });
      return this.#noted(name, await lane.run({ priority, signal }, () => guard.call(read, name)));
    } catch (error) {
      this.failed(name, error);
      throw error;
    }
  }

  /**
   * Reads as many of `names` as fit into one turn on the bus and reports them. What is absent from the results did not
   * get its turn. Rejects with `DEVICE_BUSY` and `DEVICE_ABORTED` when there was no turn at all.
   */
  async poll(names: readonly string[]): Promise<ManyResults<Model, string>> {
    const { device, lane, guard, clock } = this.#session;
    const read = (signal: AbortSignal) => device.readMany(names, { signal, goOn: this.#goOn });
    const results = await lane.run(this.#poll, () => {
      this.#turnEndsAt = Math.floor(clock.monotonic()) + turnMs;
      return guard.call(read);
    });
    // By index: at one pass a second this is never optimized, and an iterator makes an object for each step then.
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const result = results[name];
      if (result?.error) this.failed(name, result.error);
      else if (result) this.#report(name, this.#noted(name, result.value));
    }
    this.#tellUnchanged();
    return results;
  }

  /** Reports a value that the device pushed. */
  take(name: string, pushed: unknown): void {
    this.#report(name, this.#noted(name, pushed));
    this.#tellUnchanged();
  }

  #noted(name: string, reading: unknown): Value {
    const value = propertyOf(this.#session.device.model, name).toTwin(reading);
    this.#failuresInARow = 0;
    this.#actual.set(name, value);
    return value;
  }

  #report(name: string, value: Value): void {
    const { clock, plan, engine, id } = this.#session;
    const last = this.#last.get(name);
    const monotonicMs = Math.floor(clock.monotonic());
    if (last && sameValue(last.value, value)) {
      last.monotonicMs = monotonicMs;
      this.#unchanged.push(name);
      return;
    }
    const now = { value, monotonicMs };
    if (!passes(plan().filters.get(name) ?? defaultFilter, last, now)) return;
    this.#last.set(name, now);
    const at = clock.now();
    engine.tell(id, { kind: "change", at, origin: this.#origin, reported: { [name]: { raw: { value } } } });
  }

  /** Makes the reported values younger that were read again and found unchanged, in one event. */
  #tellUnchanged(): void {
    if (this.#unchanged.length === 0) return;
    const { clock, engine, id } = this.#session;
    const names = this.#unchanged;
    const values: Value[] = [];
    for (let index = 0; index < names.length; index++) values.push(this.#actual.get(names[index] as string) as Value);
    this.#unchanged = [];
    engine.tell(id, { kind: "refresh", at: clock.now(), origin: this.#origin, names, values });
  }

  /** Notes that a property does not answer; the value it had stays, marked as bad. */
  failed(name: string, error: unknown): void {
    const { signal, clock, limits, engine, id, lane } = this.#session;
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    engine.tell(id, { kind: "quality", at: clock.now(), quality: "bad", reason, properties: [name] });
    this.#last.delete(name);
    // One request for many properties that fails is one failure.
    if (error !== this.#failure || this.#failuresInARow === 0) {
      this.#failuresInARow++;
      lane.failed();
    }
    this.#failure = error;
    if (this.#failuresInARow < limits.failuresUntilReopen) return;
    this.#onLost(error instanceof Error ? error : new MapperError("DEVICE_IO", reason));
  }
}
