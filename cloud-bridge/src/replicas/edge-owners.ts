import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { WorkQueue } from "../controllers/work-queue.ts";
import { BridgeError } from "../errors.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

/** Annotation of a Node: identity of the replica that its edge is connected to. */
export const ownerAnnotation = "edgetwin.io/bridge";

export interface EdgeOwnersOptions {
  readonly client: Pick<KubernetesClient, "mergePatch">;
  readonly nodes: ObjectSource<never>;
  /** Of this replica. */
  readonly identity: string;
  /** Another replica has the node's newest connection: the one here is over. */
  readonly takenOver: (node: string, by: string) => void;
  /** Another replica serves or served the node: what it holds is not known here. */
  readonly elsewhere: (node: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** The replica that a node is connected to, or was last. */
export function ownerOf(node: StoredObject): string | undefined {
  const owner = (node.metadata.annotations as Readonly<Record<string, unknown>> | undefined)?.[ownerAnnotation];
  return typeof owner === "string" ? owner : undefined;
}

/**
 * Which replica has which edge, told through the Node objects: an edge may connect to any, and the newest connection
 * counts, also when an older one, half-open at another replica, has not noticed that it is dead.
 */
export class EdgeOwners implements AsyncDisposable {
  readonly #options: EdgeOwnersOptions;
  readonly #queue: WorkQueue;
  readonly #stop: () => void;
  /** Of each connected node, the version of its Node object that names this replica; undefined while that is written. */
  readonly #claims = new Map<string, bigint | undefined>();

  constructor(options: EdgeOwnersOptions) {
    const { clock, log, random, nodes } = options;
    this.#options = options;
    this.#queue = new WorkQueue({
      ...{ clock, log, random, name: "edge owners", concurrency: 8 },
      work: (node) => this.#claim(node),
    });
    this.#stop = nodes.subscribe(({ key, now }) => {
      if (now) this.#changed(key, now);
    });
  }

  connected(node: string): void {
    const { nodes, identity, elsewhere } = this.#options;
    const object = nodes.cache.get(node);
    if (object && (ownerOf(object) ?? identity) !== identity) elsewhere(node);
    this.#claims.set(node, undefined);
    this.#queue.add(node);
  }

  disconnected(node: string): void {
    this.#claims.delete(node);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue[Symbol.asyncDispose]();
  }

  #changed(node: string, object: StoredObject): void {
    const { identity, takenOver, elsewhere } = this.#options;
    const owner = ownerOf(object);
    // Also late news: whatever the other one did to the node, it is not in what this one remembers.
    if (owner !== undefined && owner !== identity) elsewhere(node);
    if (!this.#claims.has(node)) return;
    const claim = this.#claims.get(node);
    // It registered just now, or somebody wrote over it.
    if (owner === undefined) return this.#queue.add(node);
    // Versions of one object rise: what is older than our claim tells of an earlier connection.
    if (owner === identity || claim === undefined || BigInt(object.metadata.resourceVersion) <= claim) return;
    this.#claims.delete(node);
    takenOver(node, owner);
  }

  async #claim(node: string): Promise<undefined> {
    const { client, identity, nodes } = this.#options;
    // A node that is not registered yet is claimed when it is.
    if (!this.#claims.has(node) || !nodes.cache.get(node)) return undefined;
    try {
      const patch = { metadata: { annotations: { [ownerAnnotation]: identity } } };
      const { metadata } = await client.mergePatch(resourceTypes.nodes, { name: node }, patch);
      if (this.#claims.has(node)) this.#claims.set(node, BigInt(metadata.resourceVersion));
    } catch (error) {
      if (!(error instanceof BridgeError && error.status === 404)) throw error;
    }
    return undefined;
  }
}
