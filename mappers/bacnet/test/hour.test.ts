import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Device, MapperError } from "@edgetwin/mapper-sdk";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { type EmulatedDevice, EmulatedNode, fanCoil, real } from "../src/testing/index.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";
import { MemoryBench } from "./memory-bench.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const hourMs = 3_600_000;
const stepMs = 5000;
const coils = 8;

/** Numbers that are the same every time (a linear congruence). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Room {
  readonly emulated: EmulatedDevice;
  readonly device: Device<typeof fanCoilModel>;
  address: number;
  unplug: () => void;
  desired: number;
  applied: number | undefined;
  told: unknown;
}

/** What the agent's runner does with a desired value: tries until it is applied. */
async function apply(room: Room): Promise<void> {
  while (room.applied !== room.desired) {
    const { desired } = room;
    try {
      await room.device.write("setpoint", desired);
      room.applied = desired;
    } catch (error) {
      assert.ok(error instanceof MapperError && error.retryable, `${error}`);
      return;
    }
  }
}

test("an hour of random faults leaves every desired value applied, every watcher told, and no memory behind", async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  try {
    const random = sequence(7);
    const bench = new MemoryBench();
    const { clock, network } = bench;
    const stop = new AbortController();
    const rooms: Room[] = [];
    for (let index = 0; index < coils; index++) {
      const emulated = fanCoil(300 + index, { clock });
      const unplug = network.plug(`10.0.1.${index}:47808`, new EmulatedNode({ device: emulated }));
      const device = await bench.open(fanCoilModel, fanCoilVisitors, {
        device: 300 + index,
        timeoutMs: 500,
        covCheckMs: 30_000,
        cov: index % 2 === 0 ? "confirmed" : "unconfirmed",
        library: "bacnet-js",
      });
      rooms.push({ emulated, device, unplug, address: index, desired: 21, applied: 21, told: undefined });
    }
    const followed = rooms.map(async (room) => {
      for await (const value of room.device.watch("temperature", { signal: stop.signal }) ?? []) room.told = value;
    });
    const pending = new Set<Promise<void>>();
    const heap: number[] = [];
    for (let atMs = 0; atMs < hourMs; atMs += stepMs) {
      const isQuiet = atMs > hourMs - 400_000;
      network.isCut = !isQuiet && random() < 0.05;
      for (const room of rooms) {
        disturb(room, { random, isQuiet, network });
        room.emulated.object("analog-input:1").become(real(15 + Math.floor(random() * 15)));
        if (!isQuiet && random() < 0.1) room.desired = 15 + Math.floor(random() * 10);
        if (room.applied !== room.desired) {
          const work = apply(room).finally(() => pending.delete(work));
          pending.add(work);
        }
      }
      await clock.advance(stepMs);
      if (atMs % 600_000 === 0) {
        collectGarbage();
        heap.push(process.memoryUsage().heapUsed / 1e6);
      }
    }
    await bench.run(Promise.all(pending));
    for (const room of rooms) {
      assert.equal(room.applied, room.desired);
      assert.deepEqual(room.emulated.object("analog-value:1").value, real(room.desired));
      assert.deepEqual(real(Number(room.told)), room.emulated.object("analog-input:1").value);
    }
    assert.deepEqual(unhandled, []);
    stop.abort();
    await Promise.all(followed);
    for (const { device } of rooms) await bench.run(device[Symbol.asyncDispose]());
    await settle();
    assert.deepEqual(bench.board.held(), []);
    assert.ok(flat(heap), `heap in megabytes: ${heap.map((one) => one.toFixed(1)).join(", ")}`);
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
});

/** The second half takes no more than the first. */
const flat = (heap: readonly number[]): boolean => {
  const half = Math.floor(heap.length / 2);
  return Math.min(...heap.slice(half)) < Math.max(...heap.slice(1, half + 1)) * 1.2;
};

interface World {
  readonly random: () => number;
  readonly isQuiet: boolean;
  readonly network: MemoryBench["network"];
}

/** Something happens to a device now and then; in the end everything is sound. */
function disturb(room: Room, { random, isQuiet, network }: World): void {
  const { faults, cov } = room.emulated;
  const chance = random();
  faults.isSilent = !isQuiet && chance < 0.05;
  faults.copies = !isQuiet && chance > 0.9 ? 2 : 1;
  faults.lose = () => !isQuiet && chance > 0.3 && chance < 0.5 && random() < 0.3;
  cov.isCut = !isQuiet && chance > 0.5 && chance < 0.6;
  faults.refuse = (service) =>
    !isQuiet && chance > 0.6 && chance < 0.63 && service !== 15 ? { kind: "abort", reason: 9 } : undefined;
  if (isQuiet || chance > 0.005) return;
  room.unplug();
  room.address += 20;
  room.unplug = network.plug(`10.0.1.${room.address % 250}:47808`, new EmulatedNode({ device: room.emulated }));
}
