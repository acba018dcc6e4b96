import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AgentProcess, startAgentProcess } from "./twins/agent-process.ts";
import { UpdateClient } from "./twins/client.ts";
import { updatesPerSecond } from "./twins/load.ts";
import { benchManifests } from "./twins/manifests.ts";
import { sqliteRowsPerSecond } from "./twins/sqlite-baseline.ts";

const seconds = Number(process.argv[2] ?? 5);
const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
const metrics: Record<string, number> = {};
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};
// As people install it: `npm run bundle`.
const root = fileURLToPath(new URL("../../../", import.meta.url));
execFileSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "ignore" });
const installed = join(root, "dist", "edgetwin", "node_modules");
const startAgent = (port: number) => startAgentProcess(directory, port, { installed });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

try {
  record("sqliteSingleRowsPerSecond", sqliteRowsPerSecond(1), 0);
  record("sqliteGroupedRowsPerSecond", sqliteRowsPerSecond(64), 0);
  await measureEcho();
  await measureAgent();
  record("ratioToEcho64", (metrics.updatesPerSecond64 ?? 0) / (metrics.echoPerSecond64 ?? 1), 2);
  record("ratioToEcho1", (metrics.updatesPerSecond1 ?? 0) / (metrics.echoPerSecond1 ?? 1), 2);
  record("ratioToRawSqlite1", (metrics.updatesPerSecond1 ?? 0) / (metrics.sqliteSingleRowsPerSecond ?? 1), 2);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(JSON.stringify({ name: "twins", metrics }));

/** What the broker alone can do, with the same client. */
async function measureEcho(): Promise<void> {
  const port = 21883;
  const echo = fork(fileURLToPath(new URL("./twins/echo-process.js", import.meta.url)), [String(port)], {
    execArgv: [],
  });
  await once(echo, "message");
  {
    await using client = await UpdateClient.connect(port);
    await updatesPerSecond(client, { inFlight: 64, seconds: 1 });
    record("echoPerSecond64", (await updatesPerSecond(client, { inFlight: 64, seconds })).rate, 0);
    record("echoPerSecond1", (await updatesPerSecond(client, { inFlight: 1, seconds })).rate, 0);
  }
  echo.kill();
}

async function measureAgent(): Promise<void> {
  const port = 21884;
  const idle = await startAgent(port);
  await sleep(2000);
  record("rssIdleMegabytes", idle.rssMegabytes());
  const manifest = join(directory, "bench.json");
  writeFileSync(manifest, benchManifests());
  const command = join(installed, "@edgetwin", "agent", "bin", "edgetwin.js");
  execFileSync(process.execPath, [command, "apply", "-f", manifest, "--socket", join(directory, "edgetwin.sock")], {
    stdio: "ignore",
  });
  await idle.stop("SIGTERM");

  const agent = await startAgent(port);
  await sleep(5000);
  record("rssWith100DevicesMegabytes", agent.rssMegabytes());
  const before = agent.diskBytes();
  await sleep(10_000);
  record("bytesWrittenIn10sIdle", agent.diskBytes() - before, 0);
  await measureLoad(agent);
  await agent.stop("SIGKILL");
  await measureRestart(port);
}

async function measureLoad(agent: AgentProcess): Promise<void> {
  await using client = await UpdateClient.connect(agent.port);
  await using probe = await UpdateClient.connect(agent.port);
  await updatesPerSecond(client, { inFlight: 64, seconds: 2 });
  const bytes = agent.diskBytes();
  const [loaded, latencies] = await Promise.all([
    updatesPerSecond(client, { inFlight: 64, seconds }),
    measureLatency(agent, seconds),
  ]);
  record("updatesPerSecond64", loaded.rate, 0);
  await sleep(1500);
  record("bytesPerUpdate64", (agent.diskBytes() - bytes) / loaded.count, 0);
  record("desiredToBoardP50Ms", quantile(latencies, 0.5), 2);
  record("desiredToBoardP99Ms", quantile(latencies, 0.99), 2);
  record("rssUnderLoadMegabytes", agent.rssMegabytes());
  const single = agent.diskBytes();
  const alone = await updatesPerSecond(client, { inFlight: 1, seconds });
  record("updatesPerSecond1", alone.rate, 0);
  await sleep(1500);
  record("bytesPerUpdate1", (agent.diskBytes() - single) / alone.count, 0);
  await probe.update("default/bench-0", "p0", "true");
  await sleep(1500);
}

/** Milliseconds from sending a desired value to the change on the wire, every few milliseconds while the load runs. */
async function measureLatency(agent: AgentProcess, forSeconds: number): Promise<number[]> {
  const script = fileURLToPath(new URL("./twins/probe-process.js", import.meta.url));
  const probe = fork(script, [String(agent.port), String(forSeconds)], { execArgv: [] });
  const latencies: Promise<number>[] = [];
  probe.on("message", (sent: string) => {
    latencies.push(agent.nextChange().then(({ at }) => Number(at - BigInt(sent)) / 1e6));
  });
  await once(probe, "exit");
  return await Promise.all(latencies);
}

/** From the start of the process after a kill to the restored level on the wire. */
async function measureRestart(port: number): Promise<void> {
  const agent = await startAgent(port);
  const { at, high } = await agent.nextChange();
  if (!high) throw new Error("the probe line came up low, but high was desired");
  record("startToRestoredOutputsMs", Number(at - agent.startedAt) / 1e6, 0);
  await agent.stop("SIGTERM");
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
