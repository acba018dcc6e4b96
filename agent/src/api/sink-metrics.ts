import type { MetricFamily } from "@edgetwin/program";
import type { SinkStatus } from "../sinks/sinks.ts";

/** Figures about the sinks of reported values; none while no device pushes anything. */
export function sinkMetrics(sinks: readonly SinkStatus[], now: number): readonly MetricFamily[] {
  const targets = sinks.filter(({ state }) => state !== "refused");
  if (targets.length === 0) return [];
  const family = (
    type: MetricFamily["type"],
    name: string,
    help: string,
    figureOf: (sink: SinkStatus) => number,
  ): MetricFamily => ({
    name: `edgetwin_sink_${name}`,
    type,
    help,
    samples: targets.map((target) => {
      const { sink, address } = target;
      return { labels: { sink, address }, value: figureOf(target) };
    }),
  });
  return [
    family("gauge", "up", "1 while the sink takes values, 0 while it waits after a failure.", ({ state }) =>
      state === "waiting" ? 0 : 1,
    ),
    family("gauge", "queued_values", "Reported values that wait for the sink.", ({ queued }) => queued),
    family("gauge", "oldest_value_age_seconds", "Age of the oldest of them; 0 when none waits.", ({ oldestAt }) =>
      oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000,
    ),
    family("counter", "sent_values_total", "Reported values delivered.", ({ sent }) => sent),
    family("counter", "dropped_values_total", "Reported values lost to a full queue.", ({ dropped }) => dropped),
    family(
      "counter",
      "refused_values_total",
      "Reported values that the sink will never take.",
      ({ refused }) => refused,
    ),
    family("counter", "failures_total", "Tries to deliver that failed.", ({ failures }) => failures),
  ];
}
