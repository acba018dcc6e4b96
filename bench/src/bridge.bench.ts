// What a hub costs: memory for each connected edge, CPU while nothing happens, the time from a change of a device to its
// edge, and how long all edges need after a restart. Everything over TLS on loopback, edges and hub as processes of their
// own. `npm run bench -- bridge [nodes] [devices per node]`.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Edges } from "./bridge/edges.ts";
import type { HubAnswer, HubOrder } from "./bridge/hub-orders.ts";

const nodes = Number(process.argv[2] ?? 5_000);
const perNode = Number(process.argv[3] ?? 10);
const restSeconds = 30;
const patches = { perSecond: 200, seconds: 20 };
const metrics: Record<string, number> = { nodes, devices: nodes * perNode };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};

// As `edgetwin-bridge` is started: see its bin.
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: "16000" };
const hub = fork(fileURLToPath(new URL("bridge/hub-process.js", import.meta.url)), { execArgv: ["--expose-gc"], env });
const tell = async (order: HubOrder): Promise<HubAnswer> => {
  const answered = once(hub, "message");
  hub.send(order);
  return (await answered)[0] as HubAnswer;
};
const measure = async () => (await tell({ do: "measure" })) as Required<HubAnswer>;
const settled = async () => {
  while ((await measure()).settled < nodes) await sleep(200);
};

const { port, tls } = (await tell({ do: "open", nodes, perNode })) as Required<HubAnswer>;
const base = await measure();
const delays: number[] = [];
let isTimed = false;
const edges = new Edges({
  port,
  tls,
  arrived: (text) => {
    const sent = isTimed && /"desired":\{"value":"(\d{6,})"/.exec(text)?.[1];
    if (sent) delays.push(Number(process.hrtime.bigint() - BigInt(sent)) / 1e6);
  },
});

let start = performance.now();
await edges.connect(nodes);
await settled();
record("connectAndConvergeSeconds", (performance.now() - start) / 1000);
await sleep(2_000);

const full = await measure();
record("baseMegabytes", base.rss / 2 ** 20);
record("residentKilobytesPerNode", (full.rss - base.rss) / nodes / 1024);
record("heapKilobytesPerNode", (full.heapUsed - base.heapUsed) / nodes / 1024);

const before = (await measure()).cpuMs;
await sleep(restSeconds * 1000);
record("cpuAtRestPercent", ((await measure()).cpuMs - before) / restSeconds / 10, 2);

isTimed = true;
await tell({ do: "patch", ...patches });
await sleep(2_000);
isTimed = false;
delays.sort((a, b) => a - b);
record("patchesArrived", delays.length, 0);
record("patchToEdgeP50Milliseconds", delays[Math.floor(delays.length * 0.5)] ?? Number.NaN);
record("patchToEdgeP99Milliseconds", delays[Math.floor(delays.length * 0.99)] ?? Number.NaN);

start = performance.now();
await tell({ do: "restart" });
await settled();
record("restartAndConvergeSeconds", (performance.now() - start) / 1000);

edges.close();
hub.kill();
console.log(JSON.stringify({ name: "bridge", metrics }));
