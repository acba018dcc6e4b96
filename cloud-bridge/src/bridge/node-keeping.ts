import { NodeHealth } from "../controllers/node-health.ts";
import { answerNodeRequest } from "../controllers/node-requests.ts";
import type { OpenPart } from "./bridge-part.ts";
import { repeat } from "./repeat.ts";

/** How often the Leases of nodes are looked at. */
const lookMs = 5_000;

/** Node objects and Leases: nodes write their own, and one that does so no more is marked. */
export const nodeKeeping: OpenPart = async ({ client, nodes, leadership, hub, config, clock, log }) => {
  const connected = new Set<string>();
  const health = new NodeHealth({
    ...{ client, nodes: nodes.cache, clock, log },
    goneMs: config.edges.gone,
    isConnected: (node) => connected.has(node),
  });
  const looking = repeat({ everyMs: lookMs, clock }, async (signal) => {
    if (leadership.isLeader) await health.look(signal);
  });
  const stop = nodes.subscribe(({ key, now }) => {
    // As CloudCore does. The node registers itself again, if it wants to.
    if (!now) hub()?.disconnect(key, "the Node object was deleted");
  });
  return {
    name: "node keeping",
    connected(node) {
      connected.add(node);
      health.lives(node);
    },
    disconnected: (node) => void connected.delete(node),
    request: (node, request) =>
      answerNodeRequest(
        { client, renewed: (of, { metadata }) => health.lives(of, metadata.resourceVersion) },
        node,
        request,
      ),
    async [Symbol.asyncDispose]() {
      stop();
      await looking[Symbol.asyncDispose]();
    },
  };
};
