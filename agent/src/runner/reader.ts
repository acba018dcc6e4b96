import { MapperError, propertyOf, sameValue, type Value } from "@edgetwin/mapper-sdk";
import type { Origin, Reading } from "../twin/types.ts";
import type { Priority } from "./bus-queue.ts";
import { defaultFilter, type LastPassed, passes } from "./change-filter.ts";
import { mapperOrigin, type Session } from "./session.ts";

/** Reads properties and turns readings and failures into twin events. */
export class Reader {
  readonly #session: Session;
  readonly #last = new Map<string, LastPassed>();
  readonly #actual = new Map<string, Value>();
  readonly #onLost: (reason: Error) => void;
  readonly #origin: Origin;
  #unchanged: Record<string, Reading> | undefined;
  #failuresInARow = 0;

  /** @param onLost called once nothing answers any more. */
  constructor(session: Session, onLost: (reason: Error) => void) {
    this.#session = session;
    this.#onLost = onLost;
    this.#origin = mapperOrigin(session);
  }

  /** What the device showed last in this session; the twin may be behind while the card is slow. */
  actual(name: string): Value | undefined {
    return this.#actual.get(name);
  }

  /** Reads `name` through the bus queue and reports it. Rejects as the device does. */
  async read(name: string, priority: Priority): Promise<Value> {
    const value = await this.fetch(name, priority);
    this.#report(name, value);
    return value;
  }

  /** Reads `name` like `read`, but leaves the report to the caller. */
  async fetch(name: string, priority: Priority): Promise<Value> {
    const { device, queue, guard, signal, id } = this.#session;
    try {
      const read = () => guard.call(`${id} ${name}`, (inner) => device.read(name, { signal: inner }));
      return this.#noted(name, await queue.run(priority, read, signal));
    } catch (error) {
      this.failed(name, error);
      throw error;
    }
  }

  /** Reports a value that the device pushed. */
  take(name: string, pushed: unknown): void {
    this.#report(name, this.#noted(name, pushed));
  }

  #noted(name: string, reading: unknown): Value {
    const value = propertyOf(this.#session.device.model, name).toTwin(reading);
    this.#failuresInARow = 0;
    this.#actual.set(name, value);
    return value;
  }

  /** Makes the reported values younger that were read again and found unchanged, in one event. */
  tellUnchanged(): void {
    const { clock, engine, id } = this.#session;
    if (this.#unchanged === undefined) return;
    const reported = this.#unchanged;
    this.#unchanged = undefined;
    engine.tell(id, { kind: "change", at: clock.now(), origin: this.#origin, reported });
  }

  #report(name: string, value: Value): void {
    const { clock, plan, engine, id } = this.#session;
    const last = this.#last.get(name);
    const now = { value, monotonicMs: clock.monotonic() };
    if (!passes(plan().filters.get(name) ?? defaultFilter, last, now)) return;
    this.#last.set(name, now);
    const reading = { raw: { value }, at: clock.now() };
    if (last && sameValue(last.value, value)) {
      this.#unchanged ??= Object.create(null) as Record<string, Reading>;
      this.#unchanged[name] = reading;
    } else engine.tell(id, { kind: "change", at: reading.at, origin: this.#origin, reported: { [name]: reading } });
  }

  /** Notes that a property does not answer; the value it had stays, marked as bad. */
  failed(name: string, error: unknown): void {
    const { signal, clock, limits, engine, id } = this.#session;
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    engine.tell(id, { kind: "quality", at: clock.now(), quality: "bad", reason, properties: [name] });
    this.#last.delete(name);
    this.#failuresInARow++;
    if (this.#failuresInARow < limits.failuresUntilReopen) return;
    this.#onLost(error instanceof Error ? error : new MapperError("DEVICE_IO", reason));
  }
}
