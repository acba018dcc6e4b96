import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { busMetrics } from "../../src/api/bus-metrics.ts";
import { cloudMetrics } from "../../src/api/cloud-metrics.ts";
import { sinkMetrics } from "../../src/api/sink-metrics.ts";
import type { Bus } from "../../src/bus/bus.ts";
import type { CloudStatus } from "../../src/cloud/cloud-status.ts";
import type { MapperStatus } from "../../src/mappers/mapper-status.ts";
import { BusQueues } from "../../src/runner/bus-queues.ts";
import type { SinkStatus } from "../../src/sinks/sinks.ts";
import { lightId } from "./support/manifests.ts";
import { testApi } from "./support/test-api.ts";

const bus: Pick<Bus, "figures" | "condition"> = {
  condition: () => ({ state: "disconnected", reason: "nobody answers", retryInMs: 1000 }),
  figures: () => ({
    clients: 2,
    received: 30,
    published: 40,
    dropped: { "slow client": 5, "offline session": 6, disconnected: 7 },
  }),
};

const pump: MapperStatus = {
  name: "pump",
  package: "./pump.js",
  home: "process",
  state: "serving",
  serves: [{ protocol: "serial", model: "pump" }],
  devices: 1,
  pushes: { taken: 4, skipped: 0 },
  process: { pid: 7, restarts: 2, rssBytes: 62 * 2 ** 20, cpuSeconds: 1.5, memoryBytes: 2 ** 27 },
  link: {
    address: "/run/pump.sock",
    version: "1.2.3",
    speaks: "edgetwin",
    calls: 9,
    failedCalls: 1,
    reports: 0,
    refusedReports: 0,
  },
};

const sink: SinkStatus = {
  ...{ sink: "http", address: "http://10.0.0.5/", state: "waiting", reason: "nobody answers", devices: [lightId] },
  ...{ queued: 3, oldestAt: 1000, sent: 4, dropped: 5, refused: 6, failures: 7 },
};

const cloud: CloudStatus = {
  ...{ state: "online", since: 0, certificateExpiresAt: 1000 },
  ...{ connects: 1, reportsConfirmed: 2, devicesWaiting: 3, refusedObjects: 4 },
};

const twin = `/api/v1/devices/${lightId}/twin`;

test("docs/reference/metrics.md lists exactly the metrics that the agent answers, with type and labels", async () => {
  const queues = new BusQueues(systemClock);
  using _held = queues.acquire("/dev/i2c-1");
  await using api = await testApi({
    metrics: () => [...busMetrics({ bus, queues }), ...sinkMetrics([sink], 0), ...cloudMetrics(cloud, 0)],
    mappers: () => [pump],
  });
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "ON" } } });
  const { text, headers } = await api.ask("/metrics");
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const answered = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => {
    const labels = [...text.matchAll(new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, "gm"))].flatMap(([, inner = ""]) =>
      [...inner.matchAll(/(\w+)="/g)].map(([, label]) => label),
    );
    return [name, type, [...new Set(labels)].map((label) => `\`${label}\``).join(", ")].join(" | ");
  });
  const page = readFileSync(new URL("../../../../docs/reference/metrics.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\|/gm)].map(([, name, type, labels = ""]) =>
    [name, type, labels.trim()].join(" | "),
  );
  assert.deepEqual(documented.sort(), answered.sort());
});

test("counts changes by door, refusals, phases and the time until a value is verified", async () => {
  await using api = await testApi();
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "ON" } } });
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "BLINK" } } });
  await api.core.clock.advance(300);
  await api.core.progress("red", "applying");
  await api.core.progress("red", "applied");
  await api.core.progress("red", "verified");
  await api.core.report("power", 1);
  const { text } = await api.ask("/metrics");
  for (const line of [
    'edgetwin_twin_changes_total{door="rest"} 1',
    'edgetwin_twin_changes_total{door="mapper"} 1',
    "edgetwin_refused_changes_total 1",
    'edgetwin_desired_values{phase="verified"} 1',
    'edgetwin_reported_values{quality="good"} 1',
    'edgetwin_devices{state="online"} 1',
    'edgetwin_desired_settle_seconds_bucket{le="0.25"} 0',
    'edgetwin_desired_settle_seconds_bucket{le="0.5"} 1',
    "edgetwin_desired_settle_seconds_sum 0.3",
    "edgetwin_desired_settle_seconds_count 1",
    "edgetwin_store_up 1",
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test("counts messages by fate, says whether the message bus is there, and how many jobs wait for each physical bus", async () => {
  const queues = new BusQueues(systemClock);
  using held = queues.acquire("/dev/i2c-1");
  const conversation = new AbortController();
  const job = held.lane.run(
    { priority: "poll" },
    () => new Promise<void>((resolve) => (conversation.signal.onabort = () => resolve())),
  );
  await using api = await testApi({ metrics: () => busMetrics({ bus, queues }) });
  const { text } = await api.ask("/metrics");
  conversation.abort();
  await job;
  for (const line of [
    "edgetwin_mqtt_up 0",
    "edgetwin_mqtt_clients 2",
    "edgetwin_mqtt_received_messages_total 30",
    "edgetwin_mqtt_published_messages_total 40",
    'edgetwin_mqtt_dropped_messages_total{cause="slow client"} 5',
    'edgetwin_device_bus_queue_length{bus="/dev/i2c-1"} 1',
    'edgetwin_device_bus_requests_total{bus="/dev/i2c-1",priority="poll"} 1',
    'edgetwin_device_bus_missed_polls_total{bus="/dev/i2c-1"} 0',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test("counts what waits for each sink, how old it is, and what was lost", () => {
  const values = sinkMetrics([sink], 31_000).map(({ name, samples }) => [name.slice(14), samples[0]?.value]);
  assert.deepEqual(Object.fromEntries(values), {
    ...{ up: 0, queued_values: 3, oldest_value_age_seconds: 30, sent_values_total: 4, dropped_values_total: 5 },
    ...{ refused_values_total: 6, failures_total: 7 },
  });
  assert.deepEqual(sinkMetrics([{ ...sink, state: "refused" }], 0), []);
});

test("answers nothing about a message bus that is switched off", () => {
  const names = busMetrics({ bus: undefined, queues: new BusQueues(systemClock) }).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !name.startsWith("edgetwin_device_bus_")),
    [],
  );
});

test("tells of each mapper whether it can be used, and of those outside the agent what they take", async () => {
  await using api = await testApi({ mappers: () => [pump, { ...pump, name: "gone", state: "away", devices: 0 }] });
  const { text } = await api.ask("/metrics");
  for (const line of [
    'edgetwin_mapper_up{mapper="pump"} 1',
    'edgetwin_mapper_up{mapper="gone"} 0',
    'edgetwin_mapper_restarts_total{mapper="pump"} 2',
    'edgetwin_mapper_resident_memory_bytes{mapper="pump"} 65011712',
    'edgetwin_mapper_failed_calls_total{mapper="pump"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});
