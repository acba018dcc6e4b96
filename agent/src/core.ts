import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Registry } from "./registry/registry.ts";
import type { Store } from "./store/store.ts";
import type { TwinEngine } from "./twin/engine.ts";

/** What every door (message bus, REST, cloud) is built on. */
export interface Core {
  /** Name of this node, e.g. `raspberrypi`. */
  readonly node: string;
  readonly engine: TwinEngine;
  readonly registry: Registry;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}
