import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clusters, colorBulb, type EmulatedDevice, serveZnp, ZnpCoordinator } from "@edgetwin/mapper-zigbee/testing";
import { quantile, type RadioMetrics } from "./part.ts";
import type { ZigbeeReport } from "./zigbee-process.ts";

const sensorCount = 200;
const changeEveryMs = 5_000;
const writes = 200;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * 200 dimmers that change every 5 s and report it, and a lamp that is switched, in the network of one dongle. All joined
 * before: measured is a start on a network that exists.
 */
export async function measureZigbee(seconds: number): Promise<RadioMetrics> {
  const ieee = (index: number) => `0x00124b00bbbb${index.toString(16).padStart(4, "0")}`;
  const [lamp, ...sensors] = Array.from({ length: sensorCount + 1 }, (_, index) => colorBulb(ieee(index)));
  if (!lamp) throw new TypeError("there is no lamp");
  const znp = new ZnpCoordinator({ capacity: sensorCount + 10 });
  await using served = await serveZnp(znp);
  const state = mkdtempSync(join(tmpdir(), "zigbee-bench-"));
  try {
    await joinAll([lamp, ...sensors], { znp, path: served.path, state });
    return await measure({ seconds, lamp, sensors, path: served.path, state });
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

interface Network {
  readonly znp: ZnpCoordinator;
  readonly path: string;
  readonly state: string;
}

/** Forms the network in a process that is not measured, and has everybody join. */
async function joinAll(devices: readonly EmulatedDevice[], { znp, path, state }: Network): Promise<void> {
  const child = forkMapper();
  try {
    await asker(child)({ kind: "start", path, state });
    for (let at = 0; at < devices.length; at += 10) {
      for (const device of devices.slice(at, at + 10)) znp.admit(device);
      const last = devices.slice(at, at + 10);
      // The first look, which ends with the colours, is the last thing that a device is asked when it joins.
      while (!last.every((one) => one.received.some(({ cluster }) => cluster === clusters.color))) await sleep(20);
    }
    await sleep(500);
    const { pid } = child;
    child.send({ kind: "open", lamp: devices[0]?.ieee, sensors: devices.slice(1).map((device) => device.ieee) });
    await next(child);
    await next(child); // reports are set up, as on any day but the first
    if (pid === undefined) throw new TypeError("the process of the mapper did not start");
    await asker(child)({ kind: "stop" });
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

interface Measured {
  readonly seconds: number;
  readonly lamp: EmulatedDevice;
  readonly sensors: readonly EmulatedDevice[];
  readonly path: string;
  readonly state: string;
}

async function measure({ seconds, lamp, sensors, path, state }: Measured): Promise<RadioMetrics> {
  const child = forkMapper();
  try {
    const ask = asker(child);
    const before = await ask({ kind: "measure" });
    const began = performance.now();
    const started = await ask({ kind: "start", path, state });
    const first = next(child);
    child.send({ kind: "open", lamp: lamp.ieee, sensors: sensors.map(({ ieee }) => ieee) });
    await first;
    const firstValueMs = performance.now() - began;
    const opened = await next(child);
    const allValuesMs = performance.now() - began;
    const measured = performance.now();
    let step = 0;
    while (performance.now() - measured < seconds * 1000) {
      step++;
      for (const sensor of sensors) sensor.set(clusters.level, 0, 1 + (step % 250));
      await sleep(changeEveryMs);
    }
    const after = await ask({ kind: "measure" });
    const cpuPercent = ((after.cpuMs - opened.cpuMs) / (performance.now() - measured)) * 100;
    const latencies = await desiredToDevice(child, lamp);
    const echoes = await roundTrips(ask);
    return {
      zigbeeDevicesServed: after.pushes.filter((count) => count === step).length,
      zigbeeChangesPerDevice: step,
      zigbeeRssMegabytes: round(after.rssMegabytes - before.rssMegabytes),
      zigbeeRssNoDeviceMegabytes: round(started.rssMegabytes - before.rssMegabytes),
      zigbeeHeapPerDeviceKilobytes: round(((after.heapMegabytes - started.heapMegabytes) * 1024) / sensorCount),
      zigbeeCpuPercentOfOneCore: round(cpuPercent),
      zigbeeFirstValueMs: Math.round(firstValueMs),
      zigbeeAllValuesMs: Math.round(allValuesMs),
      zigbeeDesiredToDeviceP50Ms: round(quantile(latencies, 0.5)),
      zigbeeDesiredToDeviceP99Ms: round(quantile(latencies, 0.99)),
      zigbeeDesiredToDeviceOverEcho: round(quantile(latencies, 0.5) / quantile(echoes, 0.5)),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

const round = (value: number): number => Number(value.toFixed(2));

const forkMapper = (): ChildProcess =>
  fork(fileURLToPath(new URL("./zigbee-process.js", import.meta.url)), { execArgv: ["--expose-gc"] });

async function next(child: ChildProcess): Promise<ZigbeeReport> {
  const gone = new AbortController();
  const ended = once(child, "exit", { signal: gone.signal }).then(() => {
    throw new Error("the process of the mapper ended");
  });
  ended.catch(() => undefined); // looked at below
  try {
    const [report] = (await Promise.race([once(child, "message"), ended])) as [ZigbeeReport];
    return report;
  } finally {
    gone.abort();
  }
}

const asker = (child: ChildProcess) => (question: object) => {
  const answer = next(child);
  child.send(question);
  return answer;
};

/** Milliseconds from telling the mapper's process a value to the device having it; the air takes 3 ms of them. */
async function desiredToDevice(child: ChildProcess, lamp: EmulatedDevice): Promise<number[]> {
  const latencies: number[] = [];
  for (let nth = 0; nth < writes; nth++) {
    const wanted = lamp.get(clusters.onOff, 0) !== true;
    const written = new Promise<void>((resolve) => {
      lamp.onReceived = () => resolve();
    });
    const began = performance.now();
    const done = next(child);
    child.send({ kind: "write", value: wanted });
    await written;
    latencies.push(performance.now() - began);
    await done;
  }
  return latencies;
}

/** Milliseconds that a question to the process and its answer take. */
async function roundTrips(ask: (question: object) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < writes; nth++) {
    const began = performance.now();
    await ask({ kind: "echo" });
    times.push(performance.now() - began);
  }
  return times;
}
