import type { MetricFamily } from "@edgetwin/program";
import type { LinkFigures, MapperStatus, ProcessFigures } from "../mappers/mapper-status.ts";

/** Figures about mappers: whether they serve, and what those outside the agent take and are asked. */
export function mapperMetrics(mappers: readonly MapperStatus[]): readonly MetricFamily[] {
  const family = (
    [name, type, help]: readonly [string, MetricFamily["type"], string],
    pick: (mapper: MapperStatus) => number | undefined,
  ): MetricFamily => ({
    name: `edgetwin_mapper_${name}`,
    type,
    help,
    samples: mappers.flatMap((mapper) => {
      const value = pick(mapper);
      return value === undefined ? [] : [{ labels: { mapper: mapper.name }, value }];
    }),
  });
  const ofProcess = (key: keyof ProcessFigures) => (mapper: MapperStatus) => mapper.process?.[key];
  const ofLink = (key: "calls" | "failedCalls" | "reports" | "refusedReports") => (mapper: MapperStatus) =>
    (mapper.link as LinkFigures | undefined)?.[key];
  return [
    family(["up", "gauge", "1 while the mapper can be used."], ({ state }) => (state === "serving" ? 1 : 0)),
    family(["devices", "gauge", "Devices of the mapper."], ({ devices }) => devices),
    family(
      ["pushed_values_total", "counter", "Values that its devices pushed and that were passed on."],
      ({ pushes }) => pushes?.taken,
    ),
    family(
      ["skipped_pushes_total", "counter", "Pushed values that were skipped because newer ones came too soon."],
      ({ pushes }) => pushes?.skipped,
    ),
    family(["restarts_total", "counter", "Times the agent started its process again."], ofProcess("restarts")),
    family(["resident_memory_bytes", "gauge", "Resident memory of its process."], ofProcess("rssBytes")),
    family(["cpu_seconds_total", "counter", "CPU time its process used."], ofProcess("cpuSeconds")),
    family(["calls_total", "counter", "Calls to a mapper outside the agent."], ofLink("calls")),
    family(["failed_calls_total", "counter", "Calls to it that failed."], ofLink("failedCalls")),
    family(["reports_total", "counter", "Reports by a mapper of KubeEdge that were taken."], ofLink("reports")),
    family(
      ["refused_reports_total", "counter", "Reports that were refused because there were too many."],
      ofLink("refusedReports"),
    ),
  ];
}
