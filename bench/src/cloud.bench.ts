// What a cloud costs an edge: the time from a patch of a Device to the line of the board on an idle system, until the patch is
// answered (the API's part of it), and updates per second with the cloud connected against those without. Bridge and agent are
// processes of their own, everything is on loopback. `npm run bench -- cloud [patches] [seconds] [folder of the bridge]`: with a
// folder in memory (/dev/shm) the bridge does not use the agent's disk, as on a machine of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectKubernetes, resourceTypes } from "@edgetwin/cloud-bridge";
import { startBridgeProcess } from "./cloud/bridge-process.ts";
import { startAgentProcess } from "./twins/agent-process.ts";
import { UpdateClient } from "./twins/client.ts";
import { updatesPerSecond } from "./twins/load.ts";
import { benchManifests } from "./twins/manifests.ts";

const patches = Number(process.argv[2] ?? 100);
const seconds = Number(process.argv[3] ?? 5);
const bridgeDirectory = mkdtempSync(join(process.argv[4] ?? tmpdir(), "edgetwin-bench-"));
const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
const metrics: Record<string, number> = {};
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN;
const milliseconds = (from: bigint, to: bigint) => Number(to - from) / 1e6;

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly kind: "Device" | "DeviceModel";
  readonly spec: { readonly properties: readonly Readonly<Record<string, unknown>>[] };
}

const bridge = await startBridgeProcess(join(bridgeDirectory, "bridge"));
const state = join(directory, "agent");
bridge.join(state);
const agent = await startAgentProcess(state, 21_885);
const client = await connectKubernetes({ kubeconfig: bridge.kubeconfig });
try {
  const { items } = JSON.parse(benchManifests()) as { readonly items: readonly Manifest[] };
  for (const item of items) {
    if (item.kind === "DeviceModel") await client.create(resourceTypes.deviceModels, item);
    else await client.create(resourceTypes.devices, { ...item, spec: { ...item.spec, nodeName: "bench" } });
  }
  await sleep(15_000);
  await measurePatches(items.find(({ kind }) => kind === "Device") as Manifest);
  await measureUpdates();
} finally {
  client[Symbol.dispose]();
  await agent.stop("SIGKILL");
  await bridge.stop();
  for (const path of [directory, bridgeDirectory]) rmSync(path, { recursive: true, force: true });
}
console.log(JSON.stringify({ name: "cloud", metrics }));

/** One patch at a time, with pauses: nothing else is going on. */
async function measurePatches({ spec: { properties } }: Manifest): Promise<void> {
  const toBoard: number[] = [];
  const answered: number[] = [];
  for (let index = 0; index < patches; index++) {
    const [first, ...rest] = properties;
    const desired = { value: String(index % 2 === 0) };
    const sent = process.hrtime.bigint();
    const patch = { spec: { properties: [{ ...first, desired }, ...rest] } };
    const name = { namespace: "default", name: "bench-0" };
    const [{ at }] = await Promise.all([
      agent.nextChange(),
      client
        .mergePatch(resourceTypes.devices, name, patch)
        .then(() => answered.push(milliseconds(sent, process.hrtime.bigint()))),
    ]);
    toBoard.push(milliseconds(sent, at));
    await sleep(100);
  }
  record("patchToBoardP50Milliseconds", quantile(toBoard, 0.5), 2);
  record("patchToBoardP99Milliseconds", quantile(toBoard, 0.99), 2);
  record("patchAnsweredP50Milliseconds", quantile(answered, 0.5), 2);
  record("ratioToAnswer", quantile(toBoard, 0.5) / quantile(answered, 0.5), 2);
}

/** The same load before and after the bridge stops. */
async function measureUpdates(): Promise<void> {
  await using load = await UpdateClient.connect(agent.port);
  await updatesPerSecond(load, { inFlight: 64, seconds: 2 });
  const { rate: withCloud } = await updatesPerSecond(load, { inFlight: 64, seconds });
  await bridge.stop();
  await sleep(2_000);
  const { rate: without } = await updatesPerSecond(load, { inFlight: 64, seconds });
  record("updatesPerSecondWithCloud", withCloud, 0);
  record("updatesPerSecondWithout", without, 0);
  record("ratioWithToWithout", withCloud / without, 2);
}
