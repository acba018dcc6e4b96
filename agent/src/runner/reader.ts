import { MapperError, propertyOf, type Value } from "@edgetwin/mapper-sdk";
import type { Priority } from "./bus-queue.ts";
import { defaultFilter, type LastPassed, passes } from "./change-filter.ts";
import { mapperOrigin, type Session, tell } from "./session.ts";

/** Reads properties and turns readings and failures into twin events. */
export class Reader {
  readonly #session: Session;
  readonly #last = new Map<string, LastPassed>();
  readonly #actual = new Map<string, Value>();
  readonly #onLost: (reason: Error) => void;
  #failuresInARow = 0;

  /** @param onLost called once nothing answers any more. */
  constructor(session: Session, onLost: (reason: Error) => void) {
    this.#session = session;
    this.#onLost = onLost;
  }

  /** What the device showed last in this session; the twin may be behind while the card is slow. */
  actual(name: string): Value | undefined {
    return this.#actual.get(name);
  }

  /** Reads `name` through the bus queue and reports it. Rejects as the device does. */
  async read(name: string, priority: Priority): Promise<Value> {
    const { device, queue, guard, signal, id } = this.#session;
    try {
      const read = () => guard.call(`${id} ${name}`, (inner) => device.read(name, { signal: inner }));
      const value = await queue.run(priority, read, signal);
      return this.take(name, value);
    } catch (error) {
      this.failed(name, error);
      throw error;
    }
  }

  /** Reports a value that was read or pushed. */
  take(name: string, reading: unknown): Value {
    const { device, clock, plan } = this.#session;
    this.#failuresInARow = 0;
    const value = propertyOf(device.model, name).toTwin(reading);
    this.#actual.set(name, value);
    const now = { value, monotonicMs: clock.monotonic() };
    if (passes(plan().filters.get(name) ?? defaultFilter, this.#last.get(name), now)) {
      this.#last.set(name, now);
      const at = clock.now();
      const origin = mapperOrigin(this.#session);
      tell(this.#session, { kind: "change", at, origin, reported: { [name]: { raw: { value } } } });
    }
    return value;
  }

  /** Notes that a property does not answer; the value it had stays, marked as bad. */
  failed(name: string, error: unknown): void {
    const { signal, clock, limits } = this.#session;
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    tell(this.#session, { kind: "quality", at: clock.now(), quality: "bad", reason, properties: [name] });
    this.#failuresInARow++;
    if (this.#failuresInARow < limits.failuresUntilReopen) return;
    this.#onLost(error instanceof Error ? error : new MapperError("DEVICE_IO", reason));
  }
}
