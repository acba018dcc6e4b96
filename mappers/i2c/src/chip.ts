import type { Clock, I2cTarget, Property, Schema } from "@edgetwin/mapper-sdk";
import type { RegisterMap } from "./registers/register-driver.ts";

/** What a driver works with. */
export interface ChipParts<S> {
  /** The chip on its bus; what the error class allows is tried again. */
  readonly target: I2cTarget;
  /** The same without any second try, for chips that say "not yet" by not answering. */
  readonly bare: I2cTarget;
  readonly clock: Clock;
  readonly settings: S;
  /** By channel: what outputs should show from the first instant on. */
  readonly initial: Readonly<Record<string, unknown>>;
}

/** One chip in use. Its methods are called one at a time, and pass `signal` down. */
export interface ChipDriver {
  /** Makes the chip do what the settings say: before its first use, and again after it did not answer. */
  setup?(signal: AbortSignal): Promise<void>;
  /** Reads `channels` in as few transactions as it takes; the names are those of the chip. */
  sample(channels: readonly string[], signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** Writes an accepted value of a channel that can be written. */
  write?(channel: string, value: unknown, signal: AbortSignal): Promise<void>;
}

/** A chip that people buy, as the mapper knows it. */
export interface Chip<S = unknown> {
  /** Name in the configuration, e.g. `"bme280"`. */
  readonly name: string;
  /** What it is, for people: `"temperature, pressure and humidity"`. */
  readonly description: string;
  /** Addresses it can have; the first one is the default. */
  readonly addresses: readonly number[];
  /** `connection.settings` of a device. */
  readonly settings: Schema<unknown, S>;
  /** What it measures and drives, with type, unit, range and access; these may depend on the settings. */
  channels(settings: S): Readonly<Record<string, Property>>;
  driver(parts: ChipParts<S>): ChipDriver;
  /** For memories: visitors name registers instead of channels, and this says how the chip has them. */
  registerMap?(settings: S): RegisterMap;
  /**
   * Whether the chip at `target` is such a one, by what only it answers: `"certain"` with an identity register,
   * `"likely"` by reset values and reserved bits. Changes nothing on the chip.
   */
  identify?(target: I2cTarget, signal: AbortSignal): Promise<"certain" | "likely" | "no">;
}

/** Declares a chip; its settings are typed into its driver. */
export const defineChip = <S>(chip: Chip<S>): Chip => chip as Chip;
