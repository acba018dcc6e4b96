import type { MetricFamily } from "@edgetwin/program";
import { priorities } from "../runner/bus-queue.ts";
import type { BusReport } from "../runner/bus-queues.ts";

/** Figures about the physical buses that devices share. */
export function deviceBusMetrics(reports: readonly BusReport[]): readonly MetricFamily[] {
  const byPriority = (of: (report: BusReport, priority: (typeof priorities)[number]) => number) =>
    reports.flatMap((report) =>
      priorities.map((priority) => ({ labels: { bus: report.bus, priority }, value: of(report, priority) })),
    );
  return [
    {
      name: "edgetwin_device_bus_queue_length",
      type: "gauge",
      help: "Reads and writes that wait for a physical bus or run on it.",
      samples: reports.map(({ bus, length }) => ({ labels: { bus }, value: length })),
    },
    {
      name: "edgetwin_device_bus_requests_total",
      type: "counter",
      help: "Requests that got their turn on a physical bus.",
      samples: byPriority(({ figures }, priority) => figures.requests[priority]),
    },
    {
      name: "edgetwin_device_bus_wait_seconds_total",
      type: "counter",
      help: "Time that those requests waited for their turn.",
      samples: byPriority(({ figures }, priority) => figures.waitedMs[priority] / 1000),
    },
    {
      name: "edgetwin_device_bus_missed_polls_total",
      type: "counter",
      help: "Readings left out because the one before had not had its turn yet.",
      samples: reports.map(({ bus, figures }) => ({ labels: { bus }, value: figures.missedPolls })),
    },
    {
      name: "edgetwin_device_bus_failed_requests_total",
      type: "counter",
      help: "Reads and writes that had their turn on a physical bus and failed.",
      samples: reports.map(({ bus, figures }) => ({ labels: { bus }, value: figures.failed })),
    },
    {
      name: "edgetwin_device_bus_refused_requests_total",
      type: "counter",
      help: "Requests that never got a turn.",
      samples: reports.flatMap(({ bus, figures }) =>
        Object.entries(figures.refused).map(([cause, value]) => ({ labels: { bus, cause }, value })),
      ),
    },
  ];
}
