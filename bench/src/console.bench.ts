import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Viewer } from "./console/viewer.ts";
import { type AgentProcess, startAgentProcess } from "./twins/agent-process.ts";
import { UpdateClient } from "./twins/client.ts";
import { benchManifests } from "./twins/manifests.ts";

// What open pages cost the agent: a hundred devices of ten switches, twenty changes a second, 0, 1 and 10 viewers. The
// baseline is the same agent in the same run with nobody looking.
const seconds = Number(process.argv[2] ?? 12);
const changesPerSecond = 20;
const port = 21_887;
const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
const socket = join(directory, "edgetwin.sock");
const root = fileURLToPath(new URL("../../../", import.meta.url));
/** What was desired of each device last: a value that is there already would be no change. */
const lit: boolean[] = [];
const metrics: Record<string, number> = {};
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

execFileSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "ignore" });
const installed = join(root, "dist", "edgetwin", "node_modules");
let agent: AgentProcess | undefined;
try {
  agent = await startAgentProcess(directory, port, { installed });
  await sleep(2000); // the broker listens before the API does
  const manifests = join(directory, "bench.json");
  writeFileSync(manifests, benchManifests());
  execFileSync(
    process.execPath,
    [join(root, "agent", "bin", "edgetwin.js"), "apply", "-f", manifests, "--socket", socket],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  await sleep(8000);
  await change(200); // compiles what the measurement runs
  for (const viewers of [0, 1, 10]) await measure(agent, viewers);
  record("cpuRatioOfTenViewers", (metrics.cpuPercentWith10 ?? 0) / (metrics.cpuPercentWith0 || 1), 2);
  record("kilobytesPerViewer", (((metrics.rssMegabytesWith10 ?? 0) - (metrics.rssMegabytesWith0 ?? 0)) / 10) * 1000, 0);
} finally {
  agent?.child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}
console.log(JSON.stringify({ name: "console", metrics }));
process.exit(0); // viewers that were cut off keep nothing alive

async function measure({ cpuSeconds, rssMegabytes }: AgentProcess, count: number): Promise<void> {
  const viewers = Array.from({ length: count }, (_, index) => new Viewer(socket, `default/bench-${index}`));
  await sleep(2000);
  const [before, watched, began] = [cpuSeconds(), viewers[0]?.watched ?? 0, performance.now()];
  await change(seconds * changesPerSecond);
  const took = (performance.now() - began) / 1000;
  record(`cpuPercentWith${count}`, ((cpuSeconds() - before) / took) * 100, 2);
  record(`rssMegabytesWith${count}`, rssMegabytes());
  const [first] = viewers;
  if (first) record(`watchKilobytesPerSecondWith${count}`, (first.watched - watched) / took / 1000, 2);
  for (const viewer of viewers) viewer[Symbol.dispose]();
}

/** Desires so many new values, one after the other. */
async function change(times: number): Promise<void> {
  await using client = await UpdateClient.connect(port);
  for (let step = 0; step < times; step++) {
    const device = step % 100;
    lit[device] = !lit[device];
    await client.update(`default/bench-${device}`, "p1", String(lit[device]));
    await sleep(1000 / changesPerSecond - 2);
  }
}
