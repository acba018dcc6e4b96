import { ReportOrder } from "./report-order.ts";
import { TurnQueue } from "./turn-queue.ts";

/** What an edge holds, or may hold. */
export interface HeldObject {
  /** The version that it acknowledged; empty for one that was sent only: it may have been stored all the same. */
  readonly version: string;
  readonly uid: string;
}

/** What the hub remembers of a node while it is away. */
export interface NodeMemory {
  /** By `{namespace}/{type}/{name}`. */
  readonly held: Map<string, HeldObject>;
  readonly order: ReportOrder;
  /** What the node said and is being stored: of two connections of a node, too, one after the other. */
  readonly turns: TurnQueue;
}

/**
 * What is remembered of every node. It outlives connections, so that an edge that comes back gets only what changed; it
 * does not outlive a change of the certificate, which may mean a new SD card.
 */
export class NodeMemories {
  readonly #nodes = new Map<string, { readonly fingerprint: string; readonly memory: NodeMemory }>();

  of(node: string, fingerprint: string): NodeMemory {
    const known = this.#nodes.get(node);
    if (known?.fingerprint === fingerprint) return known.memory;
    const memory = { held: new Map<string, HeldObject>(), order: new ReportOrder(), turns: new TurnQueue() };
    this.#nodes.set(node, { fingerprint, memory });
    return memory;
  }

  /** A device left a node: its reports are forgotten. */
  deviceGone(node: string, key: string): void {
    this.#nodes.get(node)?.memory.order.forget(key);
  }

  /** Another replica served the node: it may hold anything now, of what it held and of what it did not. */
  doubt(node: string): void {
    const held = this.#nodes.get(node)?.memory.held;
    if (held) for (const [key, { uid }] of held) held.set(key, { version: "", uid });
  }

  /** Forgets a node that holds nothing: nothing need ever be taken away from it. */
  release(node: string): void {
    if (this.#nodes.get(node)?.memory.held.size === 0) this.#nodes.delete(node);
  }
}
