import type { Awaitable } from "../../mapper.ts";
import type { SinkCredential } from "../../sinks/point.ts";

/** A point as the far end has it. */
export interface ArrivedPoint {
  /** `namespace/name`, or what of it the far end keeps. */
  readonly device: string;
  readonly property: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Numbers in decimal. */
  readonly value: string;
}

/** A far end that answers the real protocol on loopback. */
export interface SinkPeer extends AsyncDisposable {
  /** What a manifest says about a property that goes there. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly credential?: SinkCredential;
  /** Everything that arrived, in order of arrival. */
  arrived(): Awaitable<readonly ArrivedPoint[]>;
  /** Connections that are open now. */
  connections(): number;
  /** Takes everything from now on and answers nothing. */
  stall(): void;
  /** Cuts every connection and takes no other until `up`. */
  down(): Awaitable<void>;
  up(): Awaitable<void>;
  /** Finds fault with the points of the next request; undefined where the far end cannot. */
  refuseNext?(): void;
}

/** What the contract has to know about one sink. */
export interface SinkFixture {
  /** A fresh far end; disposed after each check. */
  readonly peer: () => Awaitable<SinkPeer>;
  /** Configurations it refuses with `CONFIG_INVALID`; at least one. */
  readonly badConfigs: readonly unknown[];
  /** False when the far end cannot find fault with a point. */
  readonly refusable?: boolean;
  /** Real milliseconds after which an operation counts as hanging; default 5000. */
  readonly patienceMs?: number;
}
