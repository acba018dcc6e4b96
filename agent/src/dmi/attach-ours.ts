import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Part } from "../registry/catalogue.ts";

/** A mapper process of ours that is attached. */
export interface Attached {
  readonly parts: readonly Part[];
  readonly version: string;
  readonly pid: number | undefined;
  /** Resolves with why it is gone. */
  readonly closed: Promise<string>;
}

/**
 * Attaches to the process at `address` until `signal` aborts; undefined when it is a mapper of KubeEdge. Rejects with
 * MapperError when nobody listens there.
 */
export type AttachOurs = (
  address: string,
  options: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
) => Promise<Attached | undefined>;
