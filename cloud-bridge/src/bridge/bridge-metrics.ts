import type { MetricFamily } from "@edgetwin/program";
import type { Hub } from "../hub/hub.ts";
import type { HubCounters } from "../hub/hub-counters.ts";
import type { BridgePart } from "./bridge-part.ts";

/** Name and meaning of each counter of the hub. */
const counters: Readonly<Record<keyof HubCounters, readonly [name: string, help: string]>> = {
  connections: ["connections", "Connections of edges that became sessions."],
  refusedConnections: ["refused_connections", "Connections that were turned away."],
  replacedSessions: ["replaced_sessions", "Sessions that another connection of the same node ended."],
  silentSessions: ["silent_sessions", "Sessions that ended for want of a keepalive."],
  receivedFrames: ["received_frames", "Frames from edges."],
  invalidFrames: ["invalid_frames", "Frames that were no message."],
  sentFrames: ["sent_frames", "Frames to edges."],
  sentObjects: ["sent_objects", "Objects sent to edges, those sent again included."],
  resentObjects: ["resent_objects", "Objects sent again."],
  acknowledgedObjects: ["acknowledged_objects", "Objects that edges stored."],
  refusedObjects: ["refused_objects", "Objects that edges could not store."],
  storedReports: ["stored_reports", "Reports that were stored and confirmed."],
  staleReports: ["stale_reports", "Reports confirmed without being stored, since newer ones were."],
  foreignReports: ["foreign_reports", "Reports about devices that are not the node's."],
  failedReports: ["failed_reports", "Reports that could not be stored."],
  requests: ["requests", "Questions of edges about objects."],
  throttled: ["throttled", "Times that an edge was not read since it sent too much."],
};

/** Everything that `/metrics` shows. docs/reference/bridge-metrics.md explains each; a test compares the two. */
export function bridgeMetrics(hub: Hub | undefined, parts: readonly BridgePart[]): readonly MetricFamily[] {
  const counted = hub?.counters();
  const memory = process.memoryUsage();
  return [
    {
      name: "edgetwin_bridge_connected_nodes",
      type: "gauge",
      help: "Nodes that are connected.",
      samples: [{ value: counted?.sessions ?? 0 }],
    },
    ...Object.entries(counters).map(
      ([key, [name, help]]): MetricFamily => ({
        name: `edgetwin_bridge_hub_${name}_total`,
        type: "counter",
        help,
        samples: [{ value: counted?.[key as keyof HubCounters] ?? 0 }],
      }),
    ),
    ...parts.flatMap((part) => part.metrics?.() ?? []),
    {
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of the bridge.",
      samples: [{ value: memory.rss }],
    },
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "CPU time of the bridge.",
      samples: [{ value: cpuSeconds() }],
    },
  ];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
