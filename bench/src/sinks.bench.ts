// What sinks cost: memory of an agent with none and with several, bytes to the card while a target answers and while it is
// away, and how fast a backlog is delivered. `npm run bench -- sinks [seconds]`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync } from "mqtt";
import { openFarEnds } from "./sinks/far-ends.ts";
import { type AgentProcess, startAgentProcess } from "./twins/agent-process.ts";

const seconds = Number(process.argv[2] ?? 10);
const port = 21885;
const names = Array.from({ length: 10 }, (_, index) => `value${index}`);
const metrics: Record<string, number> = {};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};

await using farEnds = await openFarEnds();
const host = "127.0.0.1";
const http = { hostName: `http://${host}`, port: farEnds.httpPort };
const methods = {
  http,
  influxdb2: { url: `http://${host}:${farEnds.httpPort}`, bucket: "bench" },
  otel: { endpointURL: `http://${host}:${farEnds.httpPort}` },
  mqtt: { address: `tcp://${host}:${farEnds.mqttPort}`, topic: "bench" },
  redis: { addr: `${host}:${farEnds.silentPort}` },
  mysql: { addr: `${host}:${farEnds.silentPort}`, database: "bench" },
};

await measure("None", {});
await measure("Http", { http });
const { influxdb2, otel, mqtt, redis, mysql } = methods;
await measure("Three", { http, influxdb2, otel });
await measure("HttpInfluxMqtt", { http, influxdb2, mqtt });
await measure("RedisAlone", { redis });
await measure("MysqlAlone", { mysql });
farEnds.away = true;
await measure("Away", { http }, async (agent) => {
  const before = farEnds.values();
  const start = performance.now();
  farEnds.away = false;
  const waiting = seconds * 5 * names.length;
  while (farEnds.values() - before < waiting && performance.now() - start < 90_000) await sleep(5);
  record("backlogValues", farEnds.values() - before, 0);
  record("rssAfterBacklogMegabytes", agent.rssMegabytes());
});
console.log(JSON.stringify({ name: "sinks", metrics }));

/** An agent with one device whose ten values change five times a second, each pushed to `sinks` in a cycle of 200 ms. */
async function measure(
  label: string,
  sinks: Readonly<Record<string, unknown>>,
  then?: (agent: AgentProcess) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
  const agent = await startAgentProcess(directory, port);
  try {
    applyDevice(directory, sinks);
    const client = await connectAsync(`mqtt://${host}:${port}`);
    const report = (round: number) => {
      const twin = Object.fromEntries(names.map((name) => [name, { actual: { value: String(round) } }]));
      return client.publishAsync(
        "$hw/events/device/default/bench/twin/update",
        JSON.stringify({ event_id: "", timestamp: 0, twin }),
      );
    };
    for (let round = 0; round < 5; round++) {
      await report(round);
      await sleep(200);
    }
    const before = agent.diskBytes();
    const resident: number[] = [];
    for (let round = 5; round < 5 + seconds * 5; round++) {
      await report(round);
      await sleep(200);
      resident.push(agent.rssMegabytes());
    }
    // What a collection leaves; in between it depends on when the last one was.
    record(`rss${label}Megabytes`, Math.min(...resident.slice(resident.length / 2)));
    record(`disk${label}KilobytesPerSecond`, (agent.diskBytes() - before) / 1000 / seconds);
    await then?.(agent);
    await client.endAsync();
  } finally {
    await agent.stop("SIGTERM");
    rmSync(directory, { recursive: true, force: true });
  }
}

function applyDevice(directory: string, sinks: Readonly<Record<string, unknown>>): void {
  const group = { apiVersion: "devices.kubeedge.io/v1beta1" };
  const model = {
    ...{ ...group, kind: "DeviceModel", metadata: { name: "bench" } },
    spec: { properties: names.map((name) => ({ name, type: "INT", accessMode: "ReadOnly" })) },
  };
  const push = Object.keys(sinks).length > 0 && { annotations: { "edgetwin.io/push": JSON.stringify({ "*": sinks }) } };
  const device = {
    ...{ ...group, kind: "Device", metadata: { name: "bench", ...push } },
    spec: { deviceModelRef: { name: "bench" }, properties: names.map((name) => ({ name, reportCycle: 200 })) },
  };
  const manifest = join(directory, "bench.json");
  writeFileSync(manifest, JSON.stringify({ apiVersion: "v1", kind: "List", items: [model, device] }));
  const command = fileURLToPath(new URL("../../../agent/bin/edgetwin.js", import.meta.url));
  const argv = [command, "apply", "-f", manifest, "--socket", join(directory, "edgetwin.sock")];
  execFileSync(process.execPath, argv, { stdio: "ignore" });
}
