import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bthomeAdvertised, SimController, SimDevice, serveController } from "@edgetwin/mapper-ble/testing";
import type { BleReport } from "./ble-process.ts";
import { quantile, type RadioMetrics } from "./part.ts";

const sensorCount = 200;
const changeEveryMs = 10_000;
const writes = 200;
const lampAddress = "a4:c1:38:ff:00:01";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * 200 thermometers that change every 10 s, and a lamp that is connected. The mapper listens 30 % of the time, as by default,
 * so it hears about three of the ten packets that each thermometer sends for a value.
 */
export async function measureBle(seconds: number): Promise<RadioMetrics> {
  const sensors = Array.from(
    { length: sensorCount },
    (_, index) => new SimDevice({ address: `a4:c1:38:00:00:${index.toString(16).padStart(2, "0")}`, intervalMs: 1000 }),
  );
  const lamp = new SimDevice({
    ...{ address: lampAddress, intervalMs: 100 },
    gatt: [{ uuid: "fff0", characteristics: [{ uuid: "fff1", uses: ["read", "write"], value: Buffer.of(0) }] }],
  });
  let step = 0;
  const change = () => {
    step++;
    for (const sensor of sensors)
      sensor.advertised = bthomeAdvertised({ temperature: 20 + step / 100, humidity: 40, packetId: step });
  };
  change();
  const controller = new SimController([...sensors, lamp]);
  await using server = await serveController(controller);
  const child = fork(fileURLToPath(new URL("./ble-process.js", import.meta.url)), { execArgv: ["--expose-gc"] });
  try {
    const ask = asker(child);
    const before = await ask({ kind: "measure" });
    const began = performance.now();
    const first = once(child, "message");
    child.send({
      kind: "open",
      adapter: server.adapter,
      lamp: lampAddress,
      sensors: sensors.map(({ address }) => address),
    });
    await first;
    const firstValueMs = performance.now() - began;
    const opened = await next(child);
    const allValuesMs = performance.now() - began;
    const timer = setInterval(change, changeEveryMs);
    const [cpuBefore, measured] = [await ask({ kind: "measure" }), performance.now()];
    await sleep(seconds * 1000);
    clearInterval(timer);
    await sleep(changeEveryMs); // what was changed last has its time too
    const after = await ask({ kind: "measure" });
    const cpuPercent = ((after.cpuMs - cpuBefore.cpuMs) / (performance.now() - measured)) * 100;
    const latencies = await desiredToDevice(child, lamp);
    const echoes = await roundTrips(ask);
    const served = after.pushes.filter((count) => count === step).length;
    return {
      bleDevicesServed: served,
      bleChangesPerDevice: step,
      bleRssMegabytes: round(after.rssMegabytes - before.rssMegabytes),
      bleRssOneDeviceMegabytes: round(opened.rssOneDeviceMegabytes - before.rssMegabytes),
      bleHeapPerDeviceKilobytes: round(((after.heapMegabytes - opened.heapOneDeviceMegabytes) * 1024) / sensorCount),
      bleCpuPercentOfOneCore: round(cpuPercent),
      bleFirstValueMs: Math.round(firstValueMs),
      bleAllValuesMs: Math.round(allValuesMs),
      bleDesiredToDeviceP50Ms: round(quantile(latencies, 0.5)),
      bleDesiredToDeviceP99Ms: round(quantile(latencies, 0.99)),
      bleDesiredToDeviceOverEcho: round(quantile(latencies, 0.5) / quantile(echoes, 0.5)),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

const round = (value: number): number => Number(value.toFixed(2));

async function next(child: ChildProcess): Promise<BleReport> {
  const [report] = (await once(child, "message")) as [BleReport];
  return report;
}

const asker = (child: ChildProcess) => (question: object) => {
  const answer = next(child);
  child.send(question);
  return answer;
};

/** Milliseconds from telling the mapper's process a value to the device having it. */
async function desiredToDevice(child: ChildProcess, lamp: SimDevice): Promise<number[]> {
  const level = lamp.server.characteristic("fff1");
  const latencies: number[] = [];
  for (let value = 0; value < writes; value++) {
    const written = new Promise<void>((resolve) => {
      level.onWrite = () => resolve();
    });
    const began = performance.now();
    const done = next(child);
    child.send({ kind: "write", value: value & 0xff });
    await written;
    latencies.push(performance.now() - began);
    await done;
    await sleep(5 + (value % 7)); // not in step with the advertisements
  }
  return latencies;
}

/** Milliseconds that a question to the process and its answer take. */
async function roundTrips(ask: (question: object) => Promise<BleReport>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < writes; round++) {
    const began = performance.now();
    await ask({ kind: "echo" });
    times.push(performance.now() - began);
  }
  return times;
}
