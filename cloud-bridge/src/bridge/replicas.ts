import { EdgeOwners } from "../replicas/edge-owners.ts";
import type { OpenPart } from "./bridge-part.ts";

/** What a bridge with siblings does besides: says which edges are its own, and who of them leads. */
export const replicas: OpenPart = async ({ client, nodes, leadership, identity, hub, config, clock, log, random }) => {
  const owners =
    config.kubernetes.use === "cluster"
      ? new EdgeOwners({
          ...{ client, nodes, identity, clock, log, random },
          elsewhere: (node) => hub()?.doubt(node),
          takenOver: (node, by) => hub()?.disconnect(node, `the node is connected to ${by} now`, "replaced"),
        })
      : undefined;
  return {
    name: "replicas",
    connected: (node) => owners?.connected(node),
    disconnected: (node) => owners?.disconnected(node),
    metrics: () => [
      {
        name: "edgetwin_bridge_leader",
        type: "gauge",
        help: "1 when this replica leads: it does what only one may do.",
        samples: [{ value: leadership.isLeader ? 1 : 0 }],
      },
    ],
    [Symbol.asyncDispose]: async () => owners?.[Symbol.asyncDispose](),
  };
};
