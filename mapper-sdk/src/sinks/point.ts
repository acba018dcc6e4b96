import type { PropertyType, Value } from "../value.ts";

/** One reported value on its way out of the agent. */
export interface SinkPoint<C = unknown> {
  /** `namespace/name` of the device. */
  readonly device: string;
  readonly property: string;
  readonly type: PropertyType;
  /** As the twin keeps it: an INT is a `bigint`. */
  readonly value: Value;
  /** Wall-clock milliseconds of the reading. It survives an outage and a reboot; never replace it by the time of sending. */
  readonly at: number;
  readonly quality: "good" | "stale" | "bad";
  /** As the model says, e.g. `"°C"`. */
  readonly unit?: string;
  /** The checked configuration of this property, e.g. its topic or measurement. */
  readonly config: C;
}

/** Who the agent is to the far end. It comes from the agent's configuration, never from a manifest, and is never logged. */
export interface SinkCredential {
  readonly username?: string;
  /** Password or token. */
  readonly secret?: string;
}
