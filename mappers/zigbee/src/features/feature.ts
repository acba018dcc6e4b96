import type { PropertyType } from "@edgetwin/mapper-sdk";

/** What a property of a feature holds: a number, on or off, or a text such as a colour. */
export type FeatureValue = number | boolean | string;

/** Attributes of one cluster as they arrived, by name. */
export type RawAttributes = Readonly<Record<string, unknown>>;

/** When a device reports by itself (Zigbee Cluster Library 2.5.7). */
export interface ReportSettings {
  /** Seconds between two reports, at least. */
  readonly min: number;
  /** Seconds between two reports, at most, also when nothing changes. */
  readonly max: number;
  /** Change that is worth a report, in the raw unit of the attribute. */
  readonly change: number;
}

/** A command that makes a device take a value. */
export interface FeatureCommand {
  readonly cluster: string;
  readonly command: string;
  readonly payload: Readonly<Record<string, number>>;
}

/** Something that many devices have in the same place of the Zigbee Cluster Library, whoever made them. */
export interface Feature {
  /** As the library calls it. */
  readonly cluster: string;
  readonly clusterId: number;
  /** The attributes that make the value; the first one is the one that is reported. */
  readonly attributes: readonly string[];
  /** Attributes that say how to scale it, constant for a device: they are read once. */
  readonly scaling?: { readonly multiplier: string; readonly divisor: string };
  /** The types that a property of it may have; the first is what `discover` proposes. */
  readonly types: readonly PropertyType[];
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly description: string;
  /** The name of the property that `discover` proposes. */
  readonly property: string;
  /** The name under which zigbee2mqtt tells it. */
  readonly key: string;
  /** Undefined when the device says that it has no valid value now. */
  decode(raw: RawAttributes): FeatureValue | undefined;
  readonly report?: ReportSettings;
  /** The command of the cluster by which the device tells a change besides reports. */
  readonly notification?: { readonly command: string; readonly field: string };
  /** What is sent to make the device take a value; missing when it is read-only. */
  command?(value: FeatureValue): FeatureCommand;
  /** The value in the form in which it is read back. @throws MapperError `VALUE_INVALID`. */
  canonical?(value: string): string;
}
