import { isPromiseLike } from "./abort-race.ts";
import { mapperErrorOf } from "./attempt.ts";
import type { CallLink } from "./call-signals.ts";
import type { DeviceProperty } from "./device-property.ts";
import type { Driver } from "./driver.ts";
import { MapperError } from "./errors.ts";
import type { ReadResult } from "./mapper.ts";

/** What a pass is made of. */
export interface ReadPassParts {
  readonly driver: Driver;
  readonly session: unknown;
  readonly properties: readonly DeviceProperty[];
  readonly link: CallLink;
  /** False leaves what was not begun for another time. */
  readonly goOn: () => boolean;
}

/**
 * Results by property name. Without a prototype, so that a property may be called `constructor`; an instance, because an
 * object made by `Object.create(null)` is a hash table that takes a kilobyte for ten names.
 */
class Results {
  [name: string]: ReadResult;
  static {
    Object.setPrototypeOf(Results.prototype, null);
    Reflect.deleteProperty(Results.prototype, "constructor");
  }
}

/**
 * Readings of several properties of one device, in one call where the driver merges them and one after the other where
 * it does not. A pass costs one promise to free its caller, however many properties it reads.
 */
export class ReadPass {
  readonly #parts: ReadPassParts;
  readonly #results = new Results();
  /** What the driver is at: one property, or all that it merges. */
  #current: DeviceProperty | readonly DeviceProperty[] | undefined;
  #over = false;

  constructor(parts: ReadPassParts) {
    this.#parts = parts;
  }

  /** Runs the pass; never rejects. What was not begun when the signal aborted is absent. */
  async run(): Promise<Readonly<Record<string, ReadResult>>> {
    try {
      await this.#parts.link.race.wait(this.#read());
    } catch (aborted) {
      const current = [this.#current ?? []].flat() as DeviceProperty[];
      const error = namedAfter(current, aborted as MapperError);
      for (const one of current) this.#fail(one, error);
    }
    this.#over = true;
    return this.#results;
  }

  async #read(): Promise<void> {
    const { driver, properties, link, goOn } = this.#parts;
    const { signal } = link;
    const wanted = driver.readMany ? properties.filter(({ handlers }) => handlers !== undefined) : [];
    let begun = wanted.length > 1;
    if (begun) await this.#readMerged(wanted);
    // By index, as everything that runs for each reading: at a few passes a second the engine never optimizes this, and
    // an iterator makes an object for each step then.
    for (let index = 0; index < properties.length; index++) {
      const one = properties[index] as DeviceProperty;
      if (begun && one.name in this.#results) continue;
      if (signal.aborted || (begun && !goOn())) break;
      begun = true;
      this.#current = one;
      try {
        const started = one.read(link);
        const value = isPromiseLike(started) ? await started : started;
        if (this.#over) return;
        this.#take(one, value);
      } catch (cause) {
        if (this.#over) return;
        this.#fail(one, mapperErrorOf(cause));
      }
    }
    this.#current = undefined;
  }

  /** One call for everything that lives on the device; what it leaves out is read by itself. */
  async #readMerged(wanted: readonly DeviceProperty[]): Promise<void> {
    const { driver, session, link, goOn } = this.#parts;
    this.#current = wanted;
    try {
      const values = (await driver.readMany?.({ session, wanted, signal: link.signal, goOn })) ?? {};
      if (this.#over) return;
      this.#current = undefined;
      for (const one of wanted) {
        const value = Object.hasOwn(values, one.name) ? values[one.name] : undefined;
        if (value instanceof Error) this.#fail(one, mapperErrorOf(value));
        else if (value !== undefined) this.#take(one, value);
      }
    } catch (cause) {
      if (this.#over) return;
      const error = mapperErrorOf(cause);
      for (const one of wanted) this.#fail(one, error);
    }
  }

  #take(one: DeviceProperty, value: unknown): void {
    try {
      this.#results[one.name] = { value: one.accept(value) };
    } catch (cause) {
      this.#fail(one, mapperErrorOf(cause));
    }
  }

  #fail({ name }: DeviceProperty, error: MapperError): void {
    this.#results[name] ??= { error };
  }
}

/** The error says what the driver was at: whoever ended the pass knew the device only. */
function namedAfter([first, ...others]: readonly DeviceProperty[], error: MapperError): MapperError {
  if (!first) return error;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return new MapperError(error.code, `${first.name}${more}: ${error.message}`, { cause: error });
}
