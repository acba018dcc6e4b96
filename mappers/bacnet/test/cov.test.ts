import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Device, MapperError } from "@edgetwin/mapper-sdk";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { real } from "../src/testing/index.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";
import { MemoryBench } from "./memory-bench.ts";

const open = (bench: MemoryBench, more: object = {}) =>
  bench.open(fanCoilModel, fanCoilVisitors, {
    device: 301,
    timeoutMs: 500,
    covLifetimeSeconds: 100,
    covCheckMs: 60_000,
    pollMs: 2000,
    ...more,
  });

/** What is pushed of the temperature, as it comes: values, and messages of errors. */
function following(device: Device<typeof fanCoilModel>) {
  const values: unknown[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const value of device.watch("temperature", { signal: stop.signal }) ?? [])
      values.push(value instanceof MapperError ? value.message : value);
  })();
  return {
    values,
    async end() {
      stop.abort();
      await done;
    },
  };
}

describe("an object that is watched", () => {
  for (const cov of ["confirmed", "unconfirmed"] as const)
    test(`is subscribed to with ${cov} notifications, renewed before half of the lifetime, and cancelled`, async () => {
      const bench = new MemoryBench();
      const coil = bench.fanCoil(301);
      await using device = await open(bench, { cov });
      const follow = following(device);
      await bench.clock.advance(1000);
      assert.equal(coil.cov.active[0]?.confirmed, cov === "confirmed");
      coil.object("analog-input:1").become(real(23));
      await bench.clock.advance(10);
      coil.object("analog-input:1").become(real(23.05)); // less than the increment
      await bench.clock.advance(10);
      assert.deepEqual(follow.values, [21.5, 23]);
      await bench.clock.advance(43_000);
      assert.equal(coil.cov.asked, 1);
      await bench.clock.advance(2000);
      assert.equal(coil.cov.asked, 2);
      await bench.clock.advance(3_600_000);
      assert.equal(coil.cov.active.length, 1);
      assert.deepEqual(follow.values, [21.5, 23, Math.fround(23.05)], "every renewal tells how it is now");
      await follow.end();
      await settle();
      assert.equal(coil.cov.active.length, 0);
    });

  test("is told unconfirmed where the device knows no other way, and is read where it knows none", async () => {
    for (const [cov, mode] of [
      ["unconfirmed", "unconfirmed"],
      ["none", "read"],
    ] as const) {
      const bench = new MemoryBench();
      const coil = bench.fanCoil(301, "10.0.0.5:47808", { cov });
      await using device = await open(bench);
      const follow = following(device);
      await bench.clock.advance(1000);
      coil.object("analog-input:1").become(real(25));
      await bench.clock.advance(2500);
      assert.deepEqual(follow.values, [21.5, 25], mode);
      assert.equal(coil.cov.active.length, mode === "read" ? 0 : 1);
      await follow.end();
    }
  });

  test("whose notifications are lost silently is noticed, and read until they come again", async () => {
    const bench = new MemoryBench();
    const coil = bench.fanCoil(301);
    await using device = await open(bench, { cov: "unconfirmed" });
    const follow = following(device);
    await bench.clock.advance(1000);
    coil.cov.isCut = true;
    coil.object("analog-input:1").become(real(26));
    await bench.clock.advance(60_000); // the check
    assert.deepEqual(follow.values, [21.5, 26]);
    await bench.clock.advance(5000);
    coil.object("analog-input:1").become(real(27));
    await bench.clock.advance(2500);
    assert.deepEqual(follow.values, [21.5, 26, 27]);
    assert.equal(bench.events.filter(({ event }) => event === "bacnet.cov-lost").length, 2);
    coil.cov.isCut = false;
    await bench.clock.advance(60_000);
    const { requests } = coil;
    requests.length = 0;
    coil.object("analog-input:1").become(real(28));
    await bench.clock.advance(100);
    assert.deepEqual(follow.values, [21.5, 26, 27, 28]);
    assert.deepEqual(requests, [], "it is told again, and not read");
    await follow.end();
  });

  test("of a device that restarted is subscribed to again when the device says that it is there", async () => {
    const bench = new MemoryBench();
    const coil = bench.fanCoil(301);
    await using device = await open(bench, { covLifetimeSeconds: 3600, covCheckMs: 3_600_000 });
    const follow = following(device);
    await bench.clock.advance(120_000);
    coil.restart();
    assert.equal(coil.cov.active.length, 0);
    await bench.clock.advance(10);
    assert.equal(coil.cov.active.length, 1);
    await follow.end();
  });

  test("of a device that restarted without a word is noticed by the check, once its value differs", async () => {
    const bench = new MemoryBench();
    const coil = bench.fanCoil(301);
    await using device = await open(bench, { covLifetimeSeconds: 3600 });
    const follow = following(device);
    await bench.clock.advance(1000);
    coil.restart({ quietly: true });
    coil.object("analog-input:1").become(real(12));
    await bench.clock.advance(62_000);
    assert.deepEqual(follow.values, [21.5, 12]);
    assert.equal(coil.cov.active.length, 1);
    await follow.end();
  });

  test("of a device that is silent is told once to be unknown, and again what it is when the device is back", async () => {
    const bench = new MemoryBench();
    const coil = bench.fanCoil(301);
    await using device = await open(bench);
    const follow = following(device);
    await bench.clock.advance(1000);
    coil.faults.isSilent = true;
    await bench.clock.advance(200_000);
    assert.equal(follow.values.length, 2);
    assert.match(String(follow.values[1]), /no answer within 500 ms/);
    coil.faults.isSilent = false;
    await bench.clock.advance(31_000);
    assert.deepEqual(follow.values.slice(2), [21.5]);
    await follow.end();
  });

  test("in fault pushes an error in place of its value, and the value again when the fault is over", async () => {
    const bench = new MemoryBench();
    const coil = bench.fanCoil(301);
    await using device = await open(bench);
    const follow = following(device);
    await bench.clock.advance(1000);
    coil.object("analog-input:1").flag("fault", true);
    await bench.clock.advance(10);
    coil.object("analog-input:1").flag("fault", false);
    await bench.clock.advance(10);
    assert.deepEqual(follow.values, [21.5, "analog-input:1 is in fault; it shows 21.5", 21.5]);
    await follow.end();
  });
});

test("a notification that nobody waits for is refused, so that the device does not repeat it", async () => {
  const bench = new MemoryBench();
  const coil = bench.fanCoil(301);
  await using device = await open(bench);
  const follow = following(device);
  await bench.clock.advance(1000);
  coil.faults.refuse = (service) => (service === 5 ? { kind: "abort", reason: 0 } : undefined);
  await follow.end();
  await bench.clock.advance(100);
  assert.equal(coil.cov.active.length, 1, "the cancellation was refused");
  const { sent } = coil.cov;
  coil.object("analog-input:1").become(real(30));
  await bench.clock.advance(20_000);
  assert.equal(coil.cov.sent - sent, 1);
});
