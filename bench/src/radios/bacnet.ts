import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type EmulatedDevice, EmulatedNode, fanCoil, real, serveBacnet } from "@edgetwin/mapper-bacnet/testing";
import type { BacnetReport } from "./bacnet-process.ts";
import { quantile, type RadioMetrics } from "./part.ts";

const deviceCount = 200;
const changeEveryMs = 2000;
const writes = 200;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * 200 fan coils on sockets of loopback, found by Who-Is and subscribed to with confirmed notifications. The temperature of
 * each changes every 2 s; every change has to be pushed.
 */
export async function measureBacnet(seconds: number): Promise<RadioMetrics> {
  const coils = Array.from({ length: deviceCount }, (_, index) => fanCoil(1000 + index));
  const nodes = coils.map((device) => ({ node: new EmulatedNode({ device }) }));
  await using server = await serveBacnet(nodes);
  const child = fork(fileURLToPath(new URL("./bacnet-process.js", import.meta.url)), { execArgv: ["--expose-gc"] });
  try {
    const before = await ask(child, { kind: "measure" });
    const began = performance.now();
    const connection = { interface: "127.0.0.1", port: 0, broadcast: server.broadcast };
    const one = await ask(child, { kind: "open", connection, devices: coils.map(({ instance }) => instance) });
    const firstValueMs = performance.now() - began;
    const all = await next(child);
    const allValuesMs = performance.now() - began;
    await sleep(2000); // the first notifications come with the subscriptions
    const start = await ask(child, { kind: "measure" });
    const measured = performance.now();
    let step = 0;
    while (performance.now() - measured < seconds * 1000) {
      step++;
      for (const coil of coils) coil.object("analog-input:1").become(real(20 + (step % 20)));
      await sleep(changeEveryMs);
    }
    const end = await ask(child, { kind: "measure" });
    const cpuPercent = ((end.cpuMs - start.cpuMs) / (performance.now() - measured)) * 100;
    const latencies = await desiredToDevice(child, coils[0] as EmulatedDevice);
    const echoes = await roundTrips(child);
    const served = end.pushes.filter((count, index) => count - (start.pushes[index] ?? 0) === step).length;
    return {
      bacnetDevicesServed: served,
      bacnetChangesPerDevice: step,
      bacnetRssMegabytes: round(end.rssMegabytes - before.rssMegabytes),
      bacnetRssOneDeviceMegabytes: round(one.rssMegabytes - before.rssMegabytes),
      bacnetHeapPerDeviceKilobytes: round(((all.heapMegabytes - one.heapMegabytes) * 1024) / deviceCount),
      bacnetCpuPercentOfOneCore: round(cpuPercent),
      bacnetFirstValueMs: Math.round(firstValueMs),
      bacnetAllValuesMs: Math.round(allValuesMs),
      bacnetDesiredToDeviceP50Ms: round(quantile(latencies, 0.5)),
      bacnetDesiredToDeviceP99Ms: round(quantile(latencies, 0.99)),
      bacnetEchoP50Ms: round(quantile(echoes, 0.5)),
      bacnetEchoP99Ms: round(quantile(echoes, 0.99)),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

const round = (value: number): number => Number(value.toFixed(2));

async function next(child: ChildProcess): Promise<BacnetReport> {
  const [report] = (await once(child, "message")) as [BacnetReport];
  return report;
}

function ask(child: ChildProcess, question: object): Promise<BacnetReport> {
  const answer = next(child);
  child.send(question);
  return answer;
}

/** Milliseconds from telling the mapper's process a value to the device having it. */
async function desiredToDevice(child: ChildProcess, coil: EmulatedDevice): Promise<number[]> {
  const setpoint = coil.object("analog-value:1");
  let written = () => {};
  setpoint.onChange(() => written());
  const latencies: number[] = [];
  for (let round = 0; round < writes; round++) {
    const arrived = new Promise<void>((resolve) => {
      written = resolve;
    });
    const began = performance.now();
    const done = ask(child, { kind: "write", value: 10 + (round % 20) });
    await arrived;
    latencies.push(performance.now() - began);
    await done;
    await sleep(5 + (round % 7));
  }
  return latencies;
}

/** Milliseconds that a question to the process and its answer take: what a latency has of this bench. */
async function roundTrips(child: ChildProcess): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < writes; round++) {
    const began = performance.now();
    await ask(child, { kind: "echo" });
    times.push(performance.now() - began);
  }
  return times;
}
