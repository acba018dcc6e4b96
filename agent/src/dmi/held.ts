import { createHash } from "node:crypto";

/** What a mapper of KubeEdge was given and has not been told to forget; it outlives connections, and the agent. */
export interface Held {
  /** By `namespace/name`. */
  readonly devices: Map<string, HeldDevice>;
  /** Digests of models by `namespace/name`. */
  readonly models: Map<string, string>;
}

/** A device as it was told to the mapper. */
export interface HeldDevice {
  /** Digest of everything, desired values included; undefined when another run of the agent told it. */
  readonly whole: string | undefined;
  /** Digest of everything but desired values. */
  readonly settings: string;
}

/** Nothing is held: a mapper that has just begun. */
export const nothingHeld = (): Held => ({ devices: new Map(), models: new Map() });

/** Enough of a digest to tell two texts of ours apart. */
export const digest = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
