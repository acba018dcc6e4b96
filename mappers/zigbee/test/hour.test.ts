import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Clock, type Device, defineModel, delay, type Mapper, p } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { zigbee } from "../src/index.ts";
import { clusters, colorBulb, type EmulatedDevice, meteringPlug, temperatureSensor } from "../src/testing/index.ts";
import { takeGlobalTimers } from "./library-timers.ts";
import { ZigbeeBench } from "./zigbee-bench.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const mapper = zigbee.serve(defineModel("switch", { power: p.boolean({ access: "rw" }) })) as unknown as Mapper;

/** Does for one device what the agent does: opens it again for ever, and writes what is desired until it is applied. */
class Keeper {
  desired = false;
  applied: boolean | undefined;
  failures = 0;
  readonly #stop = new AbortController();
  readonly done: Promise<void>;

  constructor(bench: ZigbeeBench, ieee: string) {
    this.done = this.#keep(bench, ieee);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #keep({ board, clock, log }: ZigbeeBench, ieee: string): Promise<void> {
    const { signal } = this.#stop;
    const config = { connection: { ieee, timeoutMs: 1000 }, visitors: { power: { feature: "onOff" } } };
    for (let pause = 1000; !signal.aborted; pause = Math.min(30_000, pause * 2)) {
      try {
        await using device = await mapper.open(config, { board, clock, log });
        pause = 500;
        await this.#serve(device, clock);
      } catch {
        this.failures++;
      }
      await delay(clock, pause, signal).catch(() => undefined);
    }
  }

  async #serve(device: Device, clock: Clock): Promise<void> {
    const { signal } = this.#stop;
    const gone = new AbortController();
    const watching = (async () => {
      for await (const _ of device.watch("power", { signal }) ?? []);
    })().finally(() => gone.abort());
    watching.catch(() => undefined); // its end is what counts
    while (!signal.aborted && !gone.signal.aborted) {
      if (this.applied !== this.desired) {
        const wanted = this.desired;
        // What was on its way when something broke may have arrived: look before it is written again.
        if ((await device.read("power")) !== wanted) await device.write("power", wanted);
        this.applied = wanted;
      }
      await delay(clock, 500, signal).catch(() => undefined);
    }
  }
}

test("an hour of faults leaves every desired value applied, no rejection unhandled, and the memory as it was", {
  timeout: 240_000,
}, async (context) => {
  const clock = new ManualClock();
  takeGlobalTimers(clock);
  const random = numbers(20_261_129);
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  await using bench = new ZigbeeBench({ clock, random });
  const { znp, log } = bench;
  /** Lets emulated time pass in steps, with all that goes over loopback between two of them. */
  const pass = async (ms: number) => {
    for (let end = clock.monotonic() + ms; clock.monotonic() < end; ) {
      await clock.advance(250);
      for (let seen = -1, quiet = 0; quiet < 4; ) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        quiet = znp.traffic === seen ? quiet + 1 : 0;
        seen = znp.traffic;
      }
    }
  };
  const during = async <T>(outcome: Promise<T>): Promise<T> => {
    let settled = false;
    const end = () => {
      settled = true;
    };
    outcome.then(end, end);
    while (!settled) await pass(250);
    return await outcome;
  };
  const switches: readonly EmulatedDevice[] = [colorBulb(), meteringPlug()];
  const sensor = temperatureSensor();
  await during(bench.start());
  await during(bench.join(...switches, sensor));
  const keepers = switches.map(({ ieee }) => new Keeper(bench, ieee));

  const heal = async () => {
    znp.air.clear();
    bench.served.plug();
    for (const device of switches) {
      if (device.isOn) continue;
      device.isOn = true;
      znp.announce(device);
    }
  };
  const faults: readonly (() => void)[] = [
    () => Object.assign(znp.air, { loss: 0.1 }),
    () => Object.assign(znp.air, { loss: 0.4 }),
    () => Object.assign(znp.air, { answersLateMs: 1500 }),
    () => Object.assign(znp.air, { fullBuffers: 20 }),
    () => Object.assign(znp.air, { isMute: true }),
    () => Object.assign(switches[0] as EmulatedDevice, { isOn: false }),
    () => Object.assign(switches[1] as EmulatedDevice, { isOn: false }),
    () => bench.served.unplug(),
    () => znp.crash(),
  ];
  const heaps: number[] = [];
  let changes = 0;
  for (let minute = 0; minute < 60; minute++) {
    faults[Math.floor(random() * faults.length)]?.();
    for (let third = 0; third < 3; third++) {
      if (third === 2) await heal();
      for (const keeper of keepers) {
        if (random() < 0.5) continue;
        keeper.desired = !keeper.desired;
        changes++;
      }
      sensor.endpoint.put(clusters.temperature, 0, 2000 + minute);
      sensor.endpoint.report(clusters.temperature, 0);
      await pass(20_000);
    }
    if (minute % 10 !== 9) continue;
    collect();
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
  await heal();
  await pass(180_000);

  for (const [index, keeper] of keepers.entries()) {
    assert.equal(keeper.applied, keeper.desired, `switch ${index} was left behind after ${keeper.failures} failures`);
    assert.equal(switches[index]?.get(clusters.onOff, 0), keeper.desired);
    keeper.stop();
  }
  await during(Promise.all(keepers.map(({ done }) => done)));
  assert.ok(changes > 60);
  assert.deepEqual(unhandled, []);
  const [, early = 0] = heaps;
  assert.ok(
    (heaps.at(-1) ?? 0) - early < 4,
    `the heap went through ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MB`,
  );
  const lines = log.all.filter(({ level }) => level !== "debug");
  assert.ok(lines.length < 60 * 10, `${lines.length} lines in an hour`);
  await during(bench.stop());
  process.off("unhandledRejection", note);
  const failures = keepers.map(({ failures }) => failures).join(" and ");
  context.diagnostic(
    `${changes} changes, ${failures} failures, dongle lost ${log.count("zigbee.lost")} times, ${lines.length} lines, heap ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MB`,
  );
});
