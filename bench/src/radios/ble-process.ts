import { type Device, defineModel, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** What the process of the mapper tells. */
export interface BleReport {
  readonly rssMegabytes: number;
  readonly heapMegabytes: number;
  /** When one device was open. */
  readonly rssOneDeviceMegabytes: number;
  readonly heapOneDeviceMegabytes: number;
  readonly cpuMs: number;
  /** Changes that each sensor pushed. */
  readonly pushes: readonly number[];
}

type Question =
  | { readonly kind: "measure" | "echo" }
  | { readonly kind: "write"; readonly value: number }
  | { readonly kind: "open"; readonly adapter: string; readonly lamp: string; readonly sensors: readonly string[] };

const pushes: number[] = [];
let lamp: Device | undefined;
let one = { rssOneDeviceMegabytes: 0, heapOneDeviceMegabytes: 0 };

function memory() {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMegabytes: rss / 2 ** 20, heapMegabytes: heapUsed / 2 ** 20 };
}

function report(): BleReport {
  const { user, system } = process.cpuUsage();
  return { ...memory(), ...one, cpuMs: (user + system) / 1000, pushes };
}

async function open({ adapter, lamp: lampAddress, sensors }: Question & { kind: "open" }): Promise<void> {
  const { ble } = await import("@edgetwin/mapper-ble");
  const climate = ble.serve(defineModel("climate", { temperature: p.float(), humidity: p.float() }));
  const world = { board: new SimBoard(), clock: systemClock };
  const openSensor = async (address: string, index: number) => {
    const connection = { adapter, address, format: "bthome" };
    const visitors = { temperature: {}, humidity: {} };
    const device = (await climate.open({ connection, visitors }, { ...world, name: address })) as Device;
    pushes[index] = 1; // the value it was opened with
    void count(device, index);
  };
  const [first = "", ...others] = sensors;
  await openSensor(first, 0);
  const { rssMegabytes, heapMegabytes } = memory();
  one = { rssOneDeviceMegabytes: rssMegabytes, heapOneDeviceMegabytes: heapMegabytes };
  process.send?.(report()); // the first value is there
  const level = ble.serve(defineModel("lamp", { level: p.int({ min: 0, max: 255, access: "rw" }) }));
  const connection = { adapter, address: lampAddress };
  const [opened] = await Promise.all([
    level.open({ connection, visitors: { level: { characteristic: "fff1", type: "u8" } } }, { ...world, name: "lamp" }),
    ...others.map((address, index) => openSensor(address, index + 1)),
  ]);
  lamp = opened as Device;
  process.send?.(report());
}

async function count(device: Device, index: number): Promise<void> {
  let last: unknown = await device.read("temperature");
  for await (const value of device.watch("temperature") ?? []) {
    if (value !== last) pushes[index] = (pushes[index] ?? 0) + 1;
    last = value;
  }
}

process.on("message", (question: Question) => {
  void answer(question);
});

async function answer(question: Question): Promise<void> {
  if (question.kind === "open") return await open(question);
  if (question.kind === "write") await lamp?.write("level", question.value);
  process.send?.(question.kind === "measure" ? report() : {});
}
