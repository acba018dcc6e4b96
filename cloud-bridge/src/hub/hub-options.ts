import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Authority } from "../certificates/authority.ts";
import type { HubLimits } from "./limits.ts";
import type { NodeContent, NodeEvents } from "./node-port.ts";

/** What a hub needs. */
export interface HubOptions {
  readonly authority: Authority;
  readonly content: NodeContent;
  readonly events: NodeEvents;
  readonly host: string;
  /** CloudCore's is 10000; 0 lets the system choose. */
  readonly port: number;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly limits?: Partial<HubLimits>;
  /** On when missing: a certificate is good for its own node only. */
  readonly nodeAuthorization?: boolean;
}
