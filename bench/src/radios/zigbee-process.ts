import { type Device, defineModel, type Mapper, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** What the process of the mapper tells. */
export interface ZigbeeReport {
  readonly rssMegabytes: number;
  readonly heapMegabytes: number;
  readonly cpuMs: number;
  /** Changes that each sensor pushed. */
  readonly pushes: readonly number[];
}

type Question =
  | { readonly kind: "measure" | "echo" | "stop" }
  | { readonly kind: "write"; readonly value: boolean }
  | { readonly kind: "start"; readonly path: string; readonly state: string }
  | { readonly kind: "open"; readonly lamp: string; readonly sensors: readonly string[] };

const world = { board: new SimBoard(), clock: systemClock };
const pushes: number[] = [];
let lamp: Device | undefined;
let dongle: Device | undefined;

function report(): ZigbeeReport {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rssMegabytes: rss / 2 ** 20, heapMegabytes: heapUsed / 2 ** 20, cpuMs: (user + system) / 1000, pushes };
}

async function start(path: string, state: string): Promise<void> {
  const { zigbeeCoordinator } = await import("@edgetwin/mapper-zigbee");
  const mapper = zigbeeCoordinator as unknown as Mapper;
  dongle = await mapper.open({ connection: { path, state, channel: 20 }, visitors: {} }, { ...world, name: "dongle" });
}

async function open({ lamp: lampIeee, sensors }: Question & { kind: "open" }): Promise<void> {
  const { zigbee } = await import("@edgetwin/mapper-zigbee");
  const power = zigbee.serve(defineModel("lamp", { power: p.boolean({ access: "rw" }) })) as unknown as Mapper;
  const level = zigbee.serve(defineModel("level", { level: p.int({ min: 0, max: 100 }) })) as unknown as Mapper;
  const openLamp = { connection: { ieee: lampIeee }, visitors: { power: { feature: "onOff" } } };
  lamp = await power.open(openLamp, { ...world, name: "lamp" });
  await lamp.read("power");
  process.send?.(report()); // the first value is there
  await Promise.all(
    sensors.map(async (ieee, index) => {
      const visitors = { level: { feature: "level" } };
      const device = await level.open({ connection: { ieee, timeoutMs: 30_000 }, visitors }, { ...world, name: ieee });
      pushes[index] = 0;
      void count(device, index);
    }),
  );
  process.send?.(report());
}

async function count(device: Device, index: number): Promise<void> {
  try {
    for await (const _ of device.watch("level") ?? []) pushes[index] = (pushes[index] ?? 0) + 1;
  } catch {
    // the network was stopped
  }
}

async function answer(question: Question): Promise<void> {
  if (question.kind === "open") return await open(question);
  if (question.kind === "start") await start(question.path, question.state);
  if (question.kind === "stop") await dongle?.[Symbol.asyncDispose]();
  if (question.kind === "write") await lamp?.write("power", question.value);
  process.send?.(question.kind === "echo" || question.kind === "write" ? {} : report());
}

process.on("message", (question: Question) => {
  void answer(question);
});
