import { MapperError } from "@edgetwin/mapper-sdk";
import type { AppValue } from "./client/app-value.ts";
import type { PropertyPlace, PropertyResult } from "./client/bacnet-library.ts";
import type { Told } from "./cov/cov-keeper.ts";
import { type StatusFlags, statusFlagsOf } from "./cov/object-state.ts";
import type { RemoteDevice } from "./link/remote-device.ts";
import { showObjectId } from "./names/object-types.ts";
import { propertyIds } from "./names/properties.ts";
import { BacnetRefusal, errorCodes } from "./names/refusals.ts";
import { refused, showPlace } from "./refused.ts";
import type { Binding } from "./visitors/binding.ts";

/** What a reading is asked with. */
export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Asked between two requests; false leaves the rest for another time. */
  goOn(): boolean;
}

/** One device of the twin with the properties that live on it. */
export class BacnetDevice {
  readonly remote: RemoteDevice;
  readonly #bindings: ReadonlyMap<string, Binding>;
  readonly #priority: number;
  /** By property, the value as the device had it: says in which type it is written. */
  readonly #seen = new Map<string, AppValue>();

  constructor(remote: RemoteDevice, bindings: ReadonlyMap<string, Binding>, priority: number) {
    this.remote = remote;
    this.#bindings = bindings;
    this.#priority = priority;
  }

  /**
   * Asks the device for something it has, so that one that is not there does not count as open. Rejects with `DEVICE_IO`
   * when nobody answers; a refusal is an answer.
   */
  async probe(signal: AbortSignal): Promise<void> {
    const object = { type: 8, instance: this.remote.instance };
    const property = propertyIds["object-name"];
    await this.remote.read([{ object, property }], { urgent: true, signal });
  }

  /** Reads a property. Rejects with `DEVICE_IO` when there is no value, or none that is good. */
  async read(name: string, signal: AbortSignal): Promise<unknown> {
    const { [name]: result } = await this.readMany([name], { signal, goOn: () => true });
    if (result instanceof Error) throw result;
    return result;
  }

  /** Reads properties with as few requests as the device can answer; by name a value, or the Error that kept it. */
  async readMany(names: readonly string[], { signal, goOn }: ReadOptions): Promise<Record<string, unknown>> {
    const wanted = names.map((name) => ({ name, binding: this.#binding(name) }));
    const places: PropertyPlace[] = [];
    const seen = new Map<string, number>();
    const placeAt = (place: PropertyPlace): number => {
      const key = showPlace(place);
      const at = seen.get(key) ?? places.push(place) - 1;
      seen.set(key, at);
      return at;
    };
    const plan = wanted.map(({ name, binding }) => ({
      name,
      binding,
      valueAt: placeAt(this.#placeOf(binding)),
      flagsAt: binding.heedsFlags
        ? placeAt({ object: binding.object, property: propertyIds["status-flags"] })
        : undefined,
    }));
    const results = await this.remote.read(places, { urgent: false, signal, goOn });
    const values: Record<string, unknown> = Object.create(null);
    for (const { name, binding, valueAt, flagsAt } of plan) {
      const result = results[valueAt];
      const flags = flagsAt === undefined ? undefined : statusFlagsOf(results[flagsAt]);
      if (result === undefined || (flagsAt !== undefined && results[flagsAt] === undefined)) continue;
      values[name] = this.#outcome(name, binding, { result, flags });
    }
    return values;
  }

  /**
   * Writes an accepted value in the slot of its priority. Rejects with `VALUE_INVALID` or `CONFIG_INVALID` when the
   * device will never take it, with `DEVICE_IO` otherwise.
   */
  async write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    const binding = this.#binding(name);
    const encoded = binding.encode(value, this.#seen.get(name));
    await this.#put(binding, { value: encoded, priority: binding.priority ?? this.#priority, signal });
  }

  /** Empties the slot that a property is written to. Rejects as writing does. */
  async relinquish(name: string, priority: number | undefined, signal: AbortSignal): Promise<void> {
    const binding = this.#binding(name);
    await this.#put(binding, {
      value: { tag: "null" },
      priority: priority ?? binding.priority ?? this.#priority,
      signal,
    });
  }

  /** What the device tells of a property by itself, or undefined when it has to be read. */
  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined {
    const binding = this.#binding(name);
    if (!binding.isPresentValue && binding.flag === undefined) return undefined;
    const told = this.remote.cov.watch(binding.object, signal);
    return told && valuesOf(told, (one) => this.#told(name, binding, one));
  }

  /** Names of what is written: for methods. */
  has(name: string): boolean {
    return this.#bindings.has(name);
  }

  async #put(
    { object, property, index }: Binding,
    { value, priority, signal }: { value: AppValue; priority: number; signal: AbortSignal },
  ): Promise<void> {
    const place = { object, property, ...(index !== undefined && { index }) };
    // Only present values are commanded; elsewhere a priority has no meaning (ASHRAE 135 15.9.1.1.5).
    const write = { ...place, value, ...(property === propertyIds["present-value"] && { priority }) };
    try {
      await this.remote.run({ urgent: true, signal }, (services) => services.writeProperty(write));
    } catch (error) {
      throw refused(error, place, true);
    }
  }

  #placeOf({ object, property, index, isSlot, priority }: Binding): PropertyPlace {
    if (isSlot) return { object, property: propertyIds["priority-array"], index: priority ?? this.#priority };
    return { object, property, ...(index !== undefined && { index }) };
  }

  #outcome(name: string, binding: Binding, read: { result: PropertyResult; flags: StatusFlags | undefined }): unknown {
    const { result, flags } = read;
    if (result instanceof BacnetRefusal) {
      if (binding.isSlot && result.code === errorCodes.unknownProperty)
        return new MapperError("CONFIG_INVALID", `${showObjectId(binding.object)} has no priorities to relinquish`);
      return refused(result, this.#placeOf(binding), false);
    }
    return this.#judged(name, binding, { value: result[0], flags });
  }

  #told(name: string, binding: Binding, told: Told): unknown {
    if (told instanceof Error) return told;
    if (binding.flag !== undefined) return told.flags?.[binding.flag] ?? noFlags(binding);
    return this.#judged(name, binding, told);
  }

  /** The value, or an Error when the object itself says that it is none to rely on (ASHRAE 135 12.2.6). */
  #judged(
    name: string,
    binding: Binding,
    { value, flags }: { value: AppValue | undefined; flags: StatusFlags | undefined },
  ): unknown {
    try {
      if (value) this.#seen.set(name, value);
      const decoded = binding.decode(value);
      if (!binding.heedsFlags || !flags) return decoded;
      const bad = flags.fault ? "is in fault" : flags["out-of-service"] ? "is out of service" : undefined;
      if (bad === undefined) return decoded;
      return new MapperError("DEVICE_IO", `${showObjectId(binding.object)} ${bad}; it shows ${String(decoded)}`);
    } catch (error) {
      if (error instanceof MapperError) return error;
      throw error;
    }
  }

  #binding(name: string): Binding {
    const found = this.#bindings.get(name);
    if (!found) throw new TypeError(`${name} has no visitor`);
    return found;
  }
}

const noFlags = ({ object }: Binding) => new MapperError("DEVICE_IO", `${showObjectId(object)} has no status flags`);

function valuesOf<T>(told: AsyncIterable<T>, value: (one: T) => unknown): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const source = told[Symbol.asyncIterator]();
      return {
        async next() {
          const next = await source.next();
          return next.done ? next : { done: false, value: value(next.value) };
        },
        return: async () => (await source.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
