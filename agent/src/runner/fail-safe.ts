import { propertyOf, type Value } from "@edgetwin/mapper-sdk";
import type { ValueLookup } from "../twin/interlock.ts";
import { withDeadline } from "./deadline.ts";
import { orderWrites, type Write } from "./order.ts";
import type { Session } from "./session.ts";

/** The fail-safe values of a model, and which properties have to get their desired value back afterwards. */
export class FailSafe {
  readonly #session: Session;
  readonly #restore = new Set<string>();
  #driven = false;

  readonly #actual: ValueLookup;
  readonly #onAttempt: (name: string, value: Value) => void;

  /**
   * @param actual what the device shows as far as known.
   * @param onAttempt called before a value is written.
   */
  constructor(session: Session, actual: ValueLookup, onAttempt: (name: string, value: Value) => void) {
    this.#session = session;
    this.#actual = actual;
    this.#onAttempt = onAttempt;
  }

  /** Whether the fail-safe values are on the device now. */
  get isDriven(): boolean {
    return this.#driven;
  }

  /** Whether `name` needs its desired value written although that version was applied before. */
  mustRestore(name: string): boolean {
    return this.#restore.has(name);
  }

  /** The device does not show what was applied before: it lost power, a write was lost, or somebody changed it. */
  mustBeRewritten(name: string): void {
    this.#restore.add(name);
  }

  /** The desired value was written. */
  restored(name: string): void {
    this.#restore.delete(name);
  }

  /** Control is back: every property that was driven to its fail-safe value gets its desired one again. */
  controlIsBack(): void {
    this.#driven = false;
  }

  /** Drives every fail-safe value that the device takes, in an order no interlock forbids. Never rejects. */
  async drive(reason: string): Promise<void> {
    const { device, log, id, plan } = this.#session;
    const values = Object.entries(plan().shape.safety?.failSafe ?? {}).filter(
      ([name]) => name in device.model.properties,
    );
    if (values.length === 0) return;
    log.warn("fail-safe values are driven", { device: id, reason });
    this.#driven = true;
    let waiting: Write[] = values.map(([name, value]) => {
      const property = propertyOf(device.model, name);
      return { name, value: property.toTwin(property.accept(value)), version: 0 };
    });
    const written = new Map<string, Value>();
    while (waiting.length > 0) {
      const { next, held } = orderWrites(plan().shape, waiting, (name) => written.get(name) ?? this.#actual(name));
      if (!next) {
        // Half of the fail-safe values is better than two that exclude each other.
        for (const { write, reason: why } of held)
          log.error("fail-safe value is held back", { device: id, property: write.name, reason: why });
        return;
      }
      waiting = waiting.filter((write) => write !== next);
      this.#onAttempt(next.name, next.value);
      if (await this.#write(next)) written.set(next.name, next.value);
      this.#restore.add(next.name);
    }
  }

  async #write({ name, value }: Write): Promise<boolean> {
    const { device, clock, limits, id, log } = this.#session;
    // The session's own signal may be aborted already: this is the last thing that is done to the device.
    const signal = new AbortController().signal;
    const what = `fail-safe value of ${id} ${name}`;
    try {
      await withDeadline({ clock, timeoutMs: Math.min(limits.callMs, 1000), signal, what }, (inner) =>
        device.write(name, value as never, { signal: inner }),
      );
      return true;
    } catch (error) {
      log.error("fail-safe value was not taken", { device: id, property: name, error });
      return false;
    }
  }
}
