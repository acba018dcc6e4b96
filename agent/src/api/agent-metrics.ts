import type { MetricFamily } from "@edgetwin/program";
import type { Core } from "../core.ts";
import type { DeviceState } from "../runner/device-state.ts";
import type { Phase, Quality } from "../twin/types.ts";

const states: readonly DeviceState["name"][] = ["unserved", "opening", "online", "waiting", "refused", "closed"];
const phases: readonly Phase[] = ["pending", "applying", "applied", "verified", "rejected", "failed"];
const qualities: readonly Quality[] = ["good", "stale", "bad"];

/** Figures about devices, twins, the store and the process, counted when somebody asks. */
export async function agentMetrics(core: Core, version: string): Promise<readonly MetricFamily[]> {
  return [
    gauge("edgetwin_info", "Version and node of this agent; always 1.", [
      { labels: { version, node: core.node, nodejs: process.version }, value: 1 },
    ]),
    ...twinMetrics(core),
    ...(await storeMetrics(core)),
    ...processMetrics(core),
  ];
}

function twinMetrics({ registry, engine }: Core): MetricFamily[] {
  const byState = new Map<string, number>(states.map((state) => [state, 0]));
  const byPhase = new Map<string, number>(phases.map((phase) => [phase, 0]));
  const byQuality = new Map<string, number>(qualities.map((quality) => [quality, 0]));
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { state } of registry.devices()) add(byState, state.name);
  for (const { twins } of engine.devices()) {
    for (const { progress, reported } of twins.values()) {
      if (progress) add(byPhase, progress.phase);
      if (reported) add(byQuality, reported.quality);
    }
  }
  return [
    gauge("edgetwin_models", "Device models applied.", [{ value: registry.models().length }]),
    gauge("edgetwin_devices", "Devices, by the state of their mapper.", labelled("state", byState)),
    gauge("edgetwin_desired_values", "Desired values, by how far they got.", labelled("phase", byPhase)),
    gauge("edgetwin_reported_values", "Reported values, by quality.", labelled("quality", byQuality)),
  ];
}

async function storeMetrics({ store }: Core): Promise<MetricFamily[]> {
  const up = gauge("edgetwin_store_up", "1 while the store takes writes.", [
    { value: store.condition().state === "ok" ? 1 : 0 },
  ]);
  const figures = await store.figures();
  const written = new Map(Object.entries(figures.bytesWritten));
  return [
    up,
    counter(
      "edgetwin_store_written_bytes_total",
      "Bytes handed to the file system, by kind of row.",
      labelled("kind", written),
    ),
    counter("edgetwin_store_commits_total", "Transactions committed.", [{ value: figures.commits }]),
    counter("edgetwin_store_syncs_total", "Times the card was asked to make data durable.", [{ value: figures.syncs }]),
    gauge("edgetwin_store_rows", "Rows in the database.", [{ value: figures.rows }]),
    gauge("edgetwin_store_database_bytes", "Size of the database file.", [{ value: figures.databaseBytes }]),
    gauge("edgetwin_store_wal_bytes", "Size of its write-ahead log.", [{ value: figures.walBytes }]),
  ];
}

function processMetrics({ clock }: Core): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge("process_resident_memory_bytes", "Resident memory of the agent.", [{ value: process.memoryUsage.rss() }]),
    counter("process_cpu_seconds_total", "CPU time the agent used.", [{ value: (user + system) / 1e6 }]),
    gauge("process_start_time_seconds", "When the agent started, in seconds since 1970.", [
      { value: Math.round(clock.now() / 1000 - process.uptime()) },
    ]),
  ];
}

const labelled = (label: string, counts: ReadonlyMap<string, number>) =>
  [...counts].map(([key, value]) => ({ labels: { [label]: key }, value }));

const family =
  (type: MetricFamily["type"]) =>
  (name: string, help: string, samples: MetricFamily["samples"]): MetricFamily => ({ name, type, help, samples });

const gauge = family("gauge");
const counter = family("counter");
