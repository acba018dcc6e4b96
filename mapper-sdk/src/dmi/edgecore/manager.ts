/** The manager of a node, EdgeCore or our agent, as a mapper process sees it, whichever version of DMI it speaks. */
import type { DescribedDevice, DescribedModel } from "./device-description.ts";

/** The words for health that EdgeCore accepts; it drops `disconnected` without a word. */
export type Health = "online" | "offline" | "unhealthy" | "unknown";

/** What a mapper says about itself. */
export interface MapperCard {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
  /** Path of its own socket. */
  readonly address: string;
}

/** What a manager answers to a registration. */
export interface Registered {
  readonly models: readonly DescribedModel[];
  readonly devices: readonly DescribedDevice[];
}

/** One property as it is reported; both texts are always there, because EdgeCore dies of a report without one. */
export interface ReportedTwin {
  readonly property: string;
  readonly observed: string;
  readonly reported: string;
  /** `int`, `float`, `double`, `boolean`, `string` or `bytes`. */
  readonly type: string;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
  /** Called when the manager has taken it. */
  onDelivered?(): void;
}

/** Names a device at its manager. */
export interface DeviceName {
  readonly name: string;
  readonly namespace: string;
}

/** Calls of a manager. They reject with MapperError; `DEVICE_IO` when it is out of reach. */
export interface Manager {
  register(card: MapperCard): Promise<Registered>;
  reportTwins(device: DeviceName, twins: readonly ReportedTwin[]): Promise<void>;
  /** Missing in v1alpha1. */
  reportHealth?(device: DeviceName, health: Health): Promise<void>;
}
