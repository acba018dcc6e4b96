import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { isJsonObject } from "../hub/json-object.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import type { ReadableCache } from "../kubernetes/object-cache.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

/** The word of Kubernetes' node controller for a node that says nothing any more. */
const goneReason = "NodeStatusUnknown";

/** The status of the condition `Ready` of a Node. */
export function readyOf({ status }: StoredObject): { readonly status: string; readonly reason: string } {
  const { conditions } = isJsonObject(status) ? status : {};
  const list = Array.isArray(conditions) ? (conditions as readonly unknown[]) : [];
  const ready = list.find((one) => isJsonObject(one) && one.type === "Ready") as
    | Readonly<Record<string, unknown>>
    | undefined;
  return { status: String(ready?.status ?? "Unknown"), reason: String(ready?.reason ?? "") };
}

/** What is known of a node's Lease. */
interface Seen {
  /** The version that was seen last. */
  readonly version: string | undefined;
  /** When it was looked at last, or seen to change. */
  readonly at: number;
  readonly isGone: boolean;
}

export interface NodeHealthOptions {
  readonly client: Pick<KubernetesClient, "get" | "strategicPatch">;
  readonly nodes: ReadableCache<never>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether it is connected to this replica: then it may be late with its Lease, but is not gone. */
  readonly isConnected: (node: string) => boolean;
  /** A Lease that does not change for so long means that the node is gone. */
  readonly goneMs: number;
}

/**
 * Says of nodes whose Lease is not renewed that nobody knows how they are, as the node controller of Kubernetes does. A
 * Lease counts by when it was seen to change, by this clock: what time the edge has does not matter.
 */
export class NodeHealth {
  readonly #options: NodeHealthOptions;
  readonly #seen = new Map<string, Seen>();

  constructor(options: NodeHealthOptions) {
    this.#options = options;
  }

  /** The node renewed its Lease, or showed otherwise that it lives. */
  lives(node: string, version?: string): void {
    const known = this.#seen.get(node);
    this.#seen.set(node, { version: version ?? known?.version, at: this.#options.clock.monotonic(), isGone: false });
  }

  /** Looks at every node once. One that fails is looked at again the next time. */
  async look(signal: AbortSignal): Promise<void> {
    const { nodes, log } = this.#options;
    for (const name of [...this.#seen.keys()]) if (!nodes.get(name)) this.#seen.delete(name);
    for (const node of nodes.values()) {
      if (signal.aborted) return;
      try {
        await this.#judge(node, signal);
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        log.warn("a node's health is not known", { node: node.metadata.name, error });
      }
    }
  }

  async #judge(node: StoredObject, signal: AbortSignal): Promise<void> {
    const { clock, goneMs } = this.#options;
    const { name } = node.metadata;
    const at = clock.monotonic();
    const { status, reason } = readyOf(node);
    const isMarked = status === "Unknown" && reason === goneReason;
    const seen = this.#seen.get(name);
    // One that is seen for the first time has the full time: after a restart of the bridge nobody is gone.
    if (!seen) return void this.#seen.set(name, { version: undefined, at, isGone: isMarked });
    if (at - seen.at < goneMs) return isMarked && !seen.isGone ? await this.#mark(name, true, signal) : undefined;
    if (this.#options.isConnected(name) && !isMarked) return;
    // It may be connected to another replica, which writes its Lease.
    const lease = await this.#options.client.get(
      resourceTypes.leases,
      { namespace: "kube-node-lease", name },
      { signal },
    );
    const version = lease?.metadata.resourceVersion;
    const isGone = version === seen.version;
    this.#seen.set(name, { version, at, isGone });
    if (isGone && !isMarked) await this.#mark(name, false, signal);
  }

  async #mark(name: string, lives: boolean, signal: AbortSignal): Promise<void> {
    const { client, clock, log, goneMs } = this.#options;
    const time = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    const ready = {
      type: "Ready",
      status: lives ? "True" : "Unknown",
      reason: lives ? "LeaseRenewed" : goneReason,
      message: lives ? "the node renews its Lease again" : `the node has not renewed its Lease for ${goneMs / 1000} s`,
      lastTransitionTime: time,
    };
    await client.strategicPatch(
      resourceTypes.nodes,
      { name },
      { status: { conditions: [ready] } },
      { subresource: "status", signal },
    );
    log.info(lives ? "node is back" : "node is gone", { node: name });
  }
}
