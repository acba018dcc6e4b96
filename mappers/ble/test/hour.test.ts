import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ble } from "@edgetwin/mapper-ble";
import { bthomeAdvertised, SimDevice } from "@edgetwin/mapper-ble/testing";
import { type Device, defineModel, delay, MapperError, p } from "@edgetwin/mapper-sdk";
import { Bench, path } from "./bench.ts";

const hourMs = 3_600_000;
const lampModel = defineModel("lamp", { level: p.int({ min: 0, max: 255, access: "rw" }) });
const lampVisitors = { level: { characteristic: "fff1", type: "u8" } };
const roomModel = defineModel("room", { temperature: p.float(), humidity: p.float() });

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = randomFrom(20_261_129);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const newLamp = (index: number) =>
  new SimDevice({
    ...{ address: `a4:c1:38:00:02:0${index}`, intervalMs: 500 },
    gatt: [{ uuid: "fff0", characteristics: [{ uuid: "fff1", uses: ["read", "write"], value: Buffer.of(0) }] }],
  });

const newSensor = (index: number) =>
  new SimDevice({
    ...{ address: `a4:c1:38:00:03:0${index}`, intervalMs: 4000 },
    ...bthomeAdvertised({ temperature: 20 + index, humidity: 40 }),
  });

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
function heapMegabytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

test("an hour of random faults: all values come back, every desired one is applied, memory stays flat", async (t) => {
  const lamps = Array.from({ length: 4 }, (_, index) => newLamp(index));
  const sensors = Array.from({ length: 6 }, (_, index) => newSensor(index));
  const bench = new Bench([...lamps, ...sensors]);
  const { board, clock, controller } = bench;
  const port = board.serialPort(path);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  t.after(() => process.off("unhandledRejection", onUnhandled));

  const desired = lamps.map(() => 0);
  const heard = sensors.map(() => 0);
  const stop = new AbortController();
  let failures = 0;

  /** What the agent does with a device: open it, serve it until it fails, wait, and open it again, for ever. */
  async function keep(open: () => Promise<Device>, serve: (device: Device) => Promise<void>): Promise<void> {
    for (let tries = 1; !stop.signal.aborted; tries++) {
      try {
        await using device = await open();
        tries = 1;
        for (;;) {
          await serve(device);
          await delay(clock, 5_000, stop.signal);
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        assert.ok(error instanceof MapperError && error.retryable, String(error));
        failures++;
        await delay(clock, Math.min(30_000, 500 * 2 ** tries), stop.signal).catch(() => undefined);
      }
    }
  }

  const world = (name: string) => ({ board, clock, name });
  const kept = [
    ...lamps.map((lamp, index) =>
      keep(
        () =>
          ble
            .serve(lampModel)
            .open(
              { connection: { adapter: path, address: lamp.address }, visitors: lampVisitors },
              world(lamp.address),
            ) as Promise<Device>,
        async (device) => {
          if ((await device.read("level" as never)) !== desired[index])
            await device.write("level" as never, desired[index] as never);
        },
      ),
    ),
    ...sensors.map((sensor, index) =>
      keep(
        () =>
          ble.serve(roomModel).open(
            {
              connection: { adapter: path, address: sensor.address, format: "bthome", silentMs: 60_000 },
              visitors: { temperature: {}, humidity: {} },
            },
            world(sensor.address),
          ) as Promise<Device>,
        async (device) => {
          assert.equal(await device.read("temperature" as never), 20 + index);
          heard[index] = clock.monotonic();
        },
      ),
    ),
  ];

  const heal = () => {
    port.plug();
    controller.isHung = false;
    for (const device of [...lamps, ...sensors]) {
      device.isPresent = true;
      device.isMute = false;
    }
  };
  const faults: readonly (() => void)[] = [
    () => controller.cut(pick(lamps)),
    () => {
      pick([...lamps, ...sensors]).isPresent = false;
    },
    () => {
      pick(lamps).isMute = true;
    },
    () => {
      controller.isHung = true;
    },
    () => {
      port.unplug();
      controller.powerCycle();
    },
    () => controller.powerCycle(),
  ];
  let settledHeap = 0;
  for (let minute = 0; minute < 60; minute++) {
    desired[Math.floor(random() * lamps.length)] = Math.floor(random() * 256);
    if (minute < 55) pick(faults)();
    await clock.advance(20_000 + random() * 20_000);
    heal();
    await clock.advance(hourMs / 60 - 30_000);
    if (minute === 20) settledHeap = heapMegabytes();
  }
  assert.deepEqual(
    lamps.map(({ server }) => server.characteristic("fff1").value[0]),
    desired,
  );
  for (const at of heard) assert.ok(clock.monotonic() - at < 60_000, "a sensor was not heard again");
  assert.ok(failures > 30, `only ${failures} sessions failed: the faults did not bite`);
  const grown = heapMegabytes() - settledHeap;
  assert.ok(grown < 4, `the heap grew by ${grown.toFixed(1)} MB in the last forty minutes`);
  stop.abort();
  await bench.run(Promise.all(kept));
  assert.equal(board.open, 0);
  assert.equal(controller.links, 0);
  assert.deepEqual(unhandled, []);
  t.diagnostic(`${failures} sessions failed; the heap grew by ${grown.toFixed(1)} MB`);
});
