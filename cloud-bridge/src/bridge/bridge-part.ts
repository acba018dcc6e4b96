import type {
  AnswerResult,
  ObjectRequest,
  ServiceReply,
  StateReport,
  TopicMessage,
  TwinReport,
  UrlCall,
} from "@edgetwin/cloud-protocol";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { MetricFamily } from "@edgetwin/program";
import type { Authority } from "../certificates/authority.ts";
import type { BridgeConfig } from "../config/config.ts";
import type { DeviceIndex } from "../controllers/device-facts.ts";
import type { Hub } from "../hub/hub.ts";
import type { NodeContent } from "../hub/node-port.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import type { Informer } from "../kubernetes/informer.ts";
import type { Check } from "../operations/readiness.ts";
import type { Leadership } from "./leadership.ts";

/** What every part of a bridge may use. */
export interface BridgeContext {
  readonly config: BridgeConfig;
  /** The cluster's API, or our own: no part knows which. */
  readonly client: KubernetesClient;
  readonly authority: Authority;
  /** Caches that are synced before a part opens. */
  readonly devices: Informer<DeviceIndex>;
  readonly models: Informer;
  readonly nodes: Informer;
  /** Of several replicas, what only one may do is done by the one that leads. */
  readonly leadership: Leadership;
  /** Of this replica, for other replicas and people. */
  readonly identity: string;
  /** The connections to the edges, once every part is open. */
  hub(): Hub | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/**
 * A part of a bridge: a controller, the routing of rules, what nodes may ask for. It watches what it needs by itself
 * from the context, and tells the composition what it has; everything but the name may be missing.
 */
export interface BridgePart extends Partial<AsyncDisposable> {
  readonly name: string;
  /** Objects that nodes should hold because of it. */
  readonly content?: NodeContent;
  connected?(node: string): void;
  disconnected?(node: string, reason: string): void;
  acknowledged?(node: string, key: string, resourceVersion: string): void;
  /** Resolves when it is stored; the edge has its confirmation when every part has. */
  report?(node: string, report: TwinReport): Promise<void>;
  state?(node: string, report: StateReport): Promise<void>;
  /** The answer, or undefined when the object is not its business: the next part is asked. */
  request?(node: string, request: ObjectRequest): Promise<AnswerResult> | undefined;
  reply?(node: string, reply: ServiceReply): void;
  upload?(node: string, message: TopicMessage): void;
  /** The answer, or undefined when the URL is not its business. */
  call?(node: string, call: UrlCall): Promise<string> | undefined;
  metrics?(): readonly MetricFamily[];
  /** What has to hold before `/readyz` says so. */
  checks?(): readonly Check[];
}

/** Opens a part. Disposing what it resolves with ends it. */
export type OpenPart = (context: BridgeContext) => Promise<BridgePart>;
