import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deadUnits, lineCycleMs, probeRegister, tagsPerUnit, units } from "./modbus/layout.ts";
import { gatewayManifests, lineManifests } from "./modbus/manifests.ts";
import { type AgentParts, type AgentProcess, startAgentProcess } from "./twins/agent-process.ts";
import { UpdateClient } from "./twins/client.ts";

const seconds = Number(process.argv[2] ?? 20);
const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
const metrics: Record<string, number> = {};
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};
const children: ChildProcess[] = [];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const moduleOf = (name: string) => fileURLToPath(new URL(`./modbus/${name}.js`, import.meta.url));

try {
  await measureThousandTags();
  await measureLine();
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}
console.log(JSON.stringify({ name: "modbus", metrics }));

/** An agent that has been given the manifests, as a user gives them, and has been at work for a while. */
async function agentWith(manifests: string, port: number, parts: AgentParts): Promise<AgentProcess> {
  const state = join(directory, String(port));
  const agent = await startAgentProcess(state, port, parts);
  children.push(agent.child);
  await sleep(2000); // the broker listens before the API does
  const file = join(state, "bench.json");
  writeFileSync(file, manifests);
  const command = fileURLToPath(new URL("../../../agent/bin/edgetwin.js", import.meta.url));
  execFileSync(process.execPath, [command, "apply", "-f", file, "--socket", join(state, "edgetwin.sock")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await sleep(10_000);
  return agent;
}

async function measureThousandTags(): Promise<void> {
  const gateway = fork(moduleOf("gateway-process"), { execArgv: [] });
  children.push(gateway);
  const [{ port }] = (await once(gateway, "message")) as [{ port: number }];
  const requests = async () => {
    gateway.send("how many?");
    for (;;) {
      const [message] = (await once(gateway, "message")) as [{ requests?: number }];
      if (message.requests !== undefined) return message.requests;
    }
  };
  const agent = await agentWith(gatewayManifests(port), 21_885, { mapper: "@edgetwin/mapper-modbus" });
  const [cpu, asked] = [agent.cpuSeconds(), await requests()];
  await sleep(seconds * 1000);
  const requestsPerSecond = ((await requests()) - asked) / seconds;
  record("requestsPerSecond", requestsPerSecond);
  record("requestSavings", (units * tagsPerUnit) / requestsPerSecond);
  record("cpuPercentOfOneCore", ((agent.cpuSeconds() - cpu) / seconds) * 100);
  record("rssMegabytes", agent.rssMegabytes());

  const latencies = await desiredToRegister(agent, (listener) => gateway.on("message", listener));
  record("desiredToRegisterP50Ms", quantile(latencies, 0.5), 2);
  record("desiredToRegisterP99Ms", quantile(latencies, 0.99), 2);
  record("rssAfterWritesMegabytes", agent.rssMegabytes());
  await agent.stop("SIGTERM");
  gateway.kill();
}

interface Written {
  readonly written?: number;
  readonly at: string;
}

/** Milliseconds from sending a desired value to the write in the unit's register, while all tags are polled. */
async function desiredToRegister(
  agent: AgentProcess,
  listen: (listener: (message: Written) => void) => void,
): Promise<number[]> {
  let seen = (_: Written) => {};
  listen((message) => {
    if (message.written !== undefined) seen(message);
  });
  await using client = await UpdateClient.connect(agent.port);
  const latencies: number[] = [];
  for (let value = 1000; value < 1400; value++) {
    const written = new Promise<Written>((resolve) => {
      seen = resolve;
    });
    const sent = process.hrtime.bigint();
    await client.update("default/plc-1", `t${probeRegister}`, String(value));
    latencies.push(Number(BigInt((await written).at) - sent) / 1e6);
    await sleep(20 + ((value * 7) % 30)); // not in step with the polling
  }
  return latencies;
}

/** Cycles of the units that answer, before and after two others stopped answering. */
async function measureLine(): Promise<void> {
  const parts = { mapper: "@edgetwin/mapper-modbus", board: moduleOf("line-board") };
  const agent = await agentWith(lineManifests(), 21_886, parts);
  const readings: { readonly unit: number; readonly atMs: number }[] = [];
  agent.child.on("message", (message: { unit?: number; atMs: number }) => {
    if (message.unit !== undefined) readings.push({ unit: message.unit, atMs: message.atMs });
  });
  await sleep(seconds * 1000);
  const before = cyclesOf(readings.splice(0));
  agent.child.send("die");
  await sleep(seconds * 1000);
  const after = cyclesOf(readings.splice(0));
  record("lineCycleMs", mean(before), 0);
  record("lineCycleP99Ms", quantile(before, 0.99), 0);
  record("lineCycleWithTwoDeadMs", mean(after), 0);
  record("lineCycleWithTwoDeadP99Ms", quantile(after, 0.99), 0);
  record("lineCycleStretchPercent", (mean(after) / lineCycleMs - 1) * 100);
  record("lineCycleStretchP99Percent", (quantile(after, 0.99) / lineCycleMs - 1) * 100);
  await agent.stop("SIGTERM");
}

/** Milliseconds between readings of the same unit, of the units that stay alive. */
function cyclesOf(readings: readonly { readonly unit: number; readonly atMs: number }[]): number[] {
  const last = new Map<number, number>();
  return readings.flatMap(({ unit, atMs }) => {
    const before = last.get(unit);
    last.set(unit, atMs);
    return before === undefined || deadUnits.includes(unit) ? [] : [atMs - before];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
