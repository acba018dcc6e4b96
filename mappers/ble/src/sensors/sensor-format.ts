import type { Advertisement } from "../hci/advertisement.ts";

/** Formats in which sensors say their values to everybody. */
export const sensorFormats = ["bthome", "xiaomi", "atc", "pvvx", "eddystone-tlm", "ruuvi"] as const;

/** One of `sensorFormats`. */
export type SensorFormat = (typeof sensorFormats)[number];

/** What a sensor measures: a number with its unit, a state, or a word. */
export type SensorValue = number | boolean | string;

/** What a value of a sensor is. */
export interface SensorValueFacts {
  readonly type: "number" | "boolean" | "string";
  readonly unit?: string;
}

/** What an advertisement says in one format. */
export type SensorOutcome =
  | { readonly kind: "values"; readonly values: Readonly<Record<string, SensorValue>> }
  /** It is of the format and cannot be used, for a reason that says what to do. */
  | { readonly kind: "refused"; readonly reason: string };

/** What a decoder may need besides what was heard. */
export interface SensorSecrets {
  /** 16 bytes, for sensors that encrypt. */
  readonly bindKey?: Uint8Array | undefined;
}

/** Reads one format. */
export interface SensorDecoder {
  readonly format: SensorFormat;
  /** In one sentence, where the format comes from. */
  readonly description: string;
  /** By name, what sensors of the format may say. */
  readonly facts: Readonly<Record<string, SensorValueFacts>>;
  /** Undefined when the advertisement is not of the format. Never throws, whatever the bytes. */
  decode(heard: Advertisement, secrets: SensorSecrets): SensorOutcome | undefined;
}

/** `raw` in steps of a power of ten, as the decimal number a person would write. */
export const decimal = (raw: number, digits: number): number => Number((raw * 10 ** -digits).toFixed(digits));

/** A refusal with its reason. */
export const refusal = (reason: string): SensorOutcome => ({ kind: "refused", reason });

/** Values that were read. */
export const valuesOf = (values: Readonly<Record<string, SensorValue>>): SensorOutcome => ({ kind: "values", values });
