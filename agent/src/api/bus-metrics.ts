import type { MetricFamily } from "@edgetwin/program";
import type { Bus } from "../bus/bus.ts";
import type { BusReport } from "../runner/bus-queues.ts";
import { deviceBusMetrics } from "./device-bus-metrics.ts";

/** What is asked for figures when somebody reads `/metrics`. */
export interface BusSources {
  /** Undefined when the message bus is switched off: then there are no figures about it. */
  readonly bus: Pick<Bus, "figures" | "condition"> | undefined;
  /** The queue of each physical bus that devices share. */
  readonly queues: { reports(): readonly BusReport[] };
}

/** Figures about the MQTT message bus and about the physical buses of devices. */
export function busMetrics({ bus, queues }: BusSources): readonly MetricFamily[] {
  return [...(bus ? messageBusMetrics(bus) : []), ...deviceBusMetrics(queues.reports())];
}

function messageBusMetrics(bus: Pick<Bus, "figures" | "condition">): readonly MetricFamily[] {
  const { clients, received, published, dropped } = bus.figures();
  return [
    {
      name: "edgetwin_mqtt_up",
      type: "gauge",
      help: "1 while messages go through the message bus.",
      samples: [{ value: bus.condition().state === "ok" ? 1 : 0 }],
    },
    {
      name: "edgetwin_mqtt_clients",
      type: "gauge",
      help: "Clients of the embedded broker.",
      samples: [{ value: clients }],
    },
    {
      name: "edgetwin_mqtt_received_messages_total",
      type: "counter",
      help: "Messages that others published and the agent got.",
      samples: [{ value: received }],
    },
    {
      name: "edgetwin_mqtt_published_messages_total",
      type: "counter",
      help: "Messages that the agent published.",
      samples: [{ value: published }],
    },
    {
      name: "edgetwin_mqtt_dropped_messages_total",
      type: "counter",
      help: "Messages that a full queue or a lost connection cost.",
      samples: Object.entries(dropped).map(([cause, value]) => ({ labels: { cause }, value })),
    },
  ];
}
