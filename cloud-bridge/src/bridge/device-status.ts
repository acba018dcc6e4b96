import { readyOf } from "../controllers/node-health.ts";
import { StatusController } from "../controllers/status-controller.ts";
import type { NodeContent } from "../hub/node-port.ts";
import type { BridgeContext, BridgePart } from "./bridge-part.ts";

/** What edges say about devices, into the API. */
export async function deviceStatus(context: BridgeContext, content: NodeContent): Promise<BridgePart> {
  const { client, devices, models, nodes, leadership, config, clock, log, random } = context;
  const connected = new Set<string>();
  const isReady = (node: string): boolean => {
    const object = nodes.cache.get(node);
    return object !== undefined && readyOf(object).status === "True";
  };
  const isReachable = (node: string): boolean => connected.has(node) || isReady(node);
  const controller = new StatusController({
    ...{ client, devices, models, nodes, content, clock, log, random, isReachable },
    isConnected: (node) => connected.has(node),
    everyMs: config.status.every,
    concurrency: config.status.concurrency,
    // A node that lives and is not connected here is another replica's.
    isMine: (node) =>
      (node !== undefined && connected.has(node)) ||
      (leadership.isLeader && (leadership.isAlone || node === undefined || !isReady(node))),
  });
  await controller.start();
  return {
    name: "device status",
    connected(node) {
      connected.add(node);
      controller.nodeChanged(node);
    },
    disconnected(node) {
      connected.delete(node);
      controller.nodeChanged(node);
    },
    acknowledged: (node, key, version) => controller.acknowledged(node, key, version),
    report: (_, report) => controller.report(report),
    state: (_, report) => controller.state(report),
    metrics() {
      const { patches, waiting, droppedEvents } = controller.figures;
      return [
        {
          name: "edgetwin_bridge_status_patches_total",
          type: "counter",
          help: "Requests to the API about the status of devices.",
          samples: [{ value: patches }],
        },
        {
          name: "edgetwin_bridge_status_waiting",
          type: "gauge",
          help: "Devices whose status is being written, or waits for its turn.",
          samples: [{ value: waiting }],
        },
        {
          name: "edgetwin_bridge_dropped_events_total",
          type: "counter",
          help: "Events that were not written, since there were too many.",
          samples: [{ value: droppedEvents }],
        },
      ];
    },
    [Symbol.asyncDispose]: () => controller[Symbol.asyncDispose](),
  };
}
