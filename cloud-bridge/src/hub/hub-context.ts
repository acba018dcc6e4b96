import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { HubCounters } from "./hub-counters.ts";
import type { HubLimits } from "./limits.ts";
import type { NodeContent, NodeEvents } from "./node-port.ts";

/** What every session of a hub shares. */
export interface HubContext {
  readonly content: NodeContent;
  readonly events: NodeEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: HubLimits;
  readonly counters: HubCounters;
}
