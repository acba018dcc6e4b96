import { type Device, defineModel, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** What the process of the mapper tells. */
export interface BacnetReport {
  readonly rssMegabytes: number;
  readonly heapMegabytes: number;
  readonly cpuMs: number;
  /** Changes that each device pushed. */
  readonly pushes: readonly number[];
}

type Question =
  | { readonly kind: "measure" | "echo" }
  | { readonly kind: "write"; readonly value: number }
  | { readonly kind: "open"; readonly connection: object; readonly devices: readonly number[] };

const pushes: number[] = [];
const opened: Device[] = [];

function report(): BacnetReport {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rssMegabytes: rss / 2 ** 20, heapMegabytes: heapUsed / 2 ** 20, cpuMs: (user + system) / 1000, pushes };
}

/** Opens the first device and tells of its value; then the others, and tells when all have theirs. */
async function open({ connection, devices }: Question & { kind: "open" }): Promise<void> {
  const { bacnet } = await import("@edgetwin/mapper-bacnet");
  const coil = bacnet.serve(defineModel("coil", { temperature: p.float(), setpoint: p.float({ access: "rw" }) }));
  const world = { board: new SimBoard(), clock: systemClock };
  const visitors = { temperature: { object: "AI:1" }, setpoint: { object: "AV:1" } };
  const openDevice = async (device: number, index: number) => {
    const one = (await coil.open({ connection: { ...connection, device }, visitors }, { ...world })) as Device;
    opened[index] = one;
    pushes[index] = 0;
    const first = await one.read("temperature");
    void count(one, { index, first });
  };
  const [first = 0, ...others] = devices;
  await openDevice(first, 0);
  process.send?.(report());
  await Promise.all(others.map((device, index) => openDevice(device, index + 1)));
  process.send?.(report());
}

async function count(device: Device, { index, first }: { readonly index: number; readonly first: unknown }) {
  let last = first;
  for await (const value of device.watch("temperature") ?? []) {
    if (value !== last) pushes[index] = (pushes[index] ?? 0) + 1;
    last = value;
  }
}

process.on("message", (question: Question) => void answer(question));

async function answer(question: Question): Promise<void> {
  if (question.kind === "open") return await open(question);
  if (question.kind === "write") await opened[0]?.write("setpoint", question.value);
  process.send?.(question.kind === "measure" ? report() : {});
}
