import type { MetricFamily } from "@edgetwin/program";
import type { CloudStatus } from "../cloud/cloud-status.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { History } from "../history/history.ts";
import type { MapperStatus } from "../mappers/mapper-status.ts";
import type { MethodLog } from "../methods/method-log.ts";
import type { SinkStatus } from "../sinks/sinks.ts";
import type { Feed } from "./feed.ts";
import type { Readiness } from "./readiness.ts";
import type { Route } from "./route.ts";
import type { SystemParts } from "./routes/system.ts";

/** What the routes share besides the core. */
export interface ApiState {
  readonly version: string;
  readonly routes: readonly Route[];
  readonly limits: ApiLimits;
  readonly feed: Feed;
  readonly readiness: Readiness;
  /** Looks for devices; undefined where nothing can. */
  readonly discovery: Discovery | undefined;
  /** Who called which method. */
  readonly methodLog: MethodLog;
  readonly sinks: () => readonly SinkStatus[];
  /** The connection to the cloud; undefined where there is no way to one. */
  readonly cloud: () => CloudStatus | undefined;
  /** What reported values were; undefined where that is not kept. */
  readonly history: History["past"] | undefined;
  /** What the agent runs on; undefined in parts of it that run alone. */
  readonly system: SystemParts | undefined;
  /** Counts a change that was refused. */
  countRefusal(): void;
  /** Who drives devices, best first. */
  mappers(): readonly MapperStatus[];
  /** Every family for `/metrics`. */
  metrics(): Promise<readonly MetricFamily[]>;
}

/** What keeps a client from costing the agent more than it should. Bytes and milliseconds. */
export interface ApiLimits {
  readonly bodyBytes: number;
  /** Open watches at a time. */
  readonly watchers: number;
  /** What one slow watcher may leave unread before it is told to resync. */
  readonly watchBufferBytes: number;
  /** Pause between keep-alive comments of a watch. */
  readonly keepAliveMs: number;
  /** Longest `timeout` of a wait. */
  readonly maxWaitMs: number;
  /** Open connections of each listener. */
  readonly connections: number;
}

export const defaultLimits: ApiLimits = {
  bodyBytes: 1024 * 1024,
  watchers: 32,
  watchBufferBytes: 256 * 1024,
  keepAliveMs: 15_000,
  maxWaitMs: 600_000,
  connections: 64,
};
