import { MapperError } from "@edgetwin/mapper-sdk";
import type { ChipDriver } from "./chip.ts";
import { Turns } from "./turns.ts";

/** One device that is open: its chip, used by one caller at a time, and set up again after it was gone. */
export class DeviceSession {
  readonly #driver: ChipDriver;
  /** By property name. */
  readonly #channels: ReadonlyMap<string, string>;
  readonly #turns = new Turns();
  #isSetUp = false;

  constructor(driver: ChipDriver, channels: ReadonlyMap<string, string>) {
    this.#driver = driver;
    this.#channels = channels;
  }

  /** Sets the chip up. Rejects with what the bus fails with. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#use(signal, async () => {});
  }

  /** The values of properties by name; an Error where the chip sent none. */
  read(names: readonly string[], signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    return this.#use(signal, async () => {
      const channels = names.map((name) => this.#channel(name));
      const values = await this.#driver.sample([...new Set(channels)], signal);
      return Object.fromEntries(names.map((name) => [name, values[this.#channel(name)]]));
    });
  }

  write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    return this.#use(signal, async () => {
      if (!this.#driver.write) throw new TypeError(`${name} cannot be written`);
      await this.#driver.write(this.#channel(name), value, signal);
    });
  }

  #use<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    return this.#turns.take(signal, async () => {
      try {
        if (!this.#isSetUp) await this.#driver.setup?.(signal);
        this.#isSetUp = true;
        return await action();
      } catch (error) {
        // A value that does not fit says nothing about the chip; anything else may have left it half set up.
        if (!(error instanceof MapperError && error.code === "VALUE_INVALID")) this.#isSetUp = false;
        throw error;
      }
    });
  }

  #channel(name: string): string {
    const channel = this.#channels.get(name);
    if (channel === undefined) throw new TypeError(`${name} has no channel`);
    return channel;
  }
}
