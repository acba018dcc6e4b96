import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EmulatedNode, fanCoil, MemoryNetwork, real } from "../src/testing/index.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";
import { MemoryBench } from "./memory-bench.ts";

const open = (bench: MemoryBench, more: object = {}) =>
  bench.open(fanCoilModel, fanCoilVisitors, { device: 301, cov: "off", timeoutMs: 500, ...more });

test("a device that restarts with another address is found again without being opened again", async () => {
  const bench = new MemoryBench();
  const device = fanCoil(301, { clock: bench.clock });
  const unplug = bench.network.plug("10.0.0.5:47808", new EmulatedNode({ device }));
  await using opened = await open(bench);
  assert.equal(await bench.run(opened.read("temperature")), 21.5);
  unplug();
  bench.network.plug("10.0.0.77:47808", new EmulatedNode({ device }));
  await assert.rejects(bench.run(opened.read("temperature")), { code: "DEVICE_IO", message: /10\.0\.0\.5:47808/ });
  await bench.clock.advance(1000);
  assert.equal(await bench.run(opened.read("temperature")), 21.5);
  await bench.run(opened.write("setpoint", 24));
  assert.equal(device.object("analog-value:1").commands.length, 1);
});

test("a device whose address is configured says itself that it has another one", async () => {
  const bench = new MemoryBench();
  const device = fanCoil(301, { clock: bench.clock });
  const unplug = bench.network.plug("10.0.0.5:47808", new EmulatedNode({ device }));
  await using opened = await open(bench, { address: "10.0.0.5" });
  unplug();
  bench.network.plug("10.0.0.77:47808", new EmulatedNode({ device }));
  await assert.rejects(bench.run(opened.read("temperature")), { code: "DEVICE_IO" });
  assert.equal(await bench.run(opened.read("temperature")), 21.5);
  assert.ok(bench.events.some(({ event }) => event === "bacnet.device-moved"));
});

test("a network that was gone is used again as soon as it is there", async () => {
  const bench = new MemoryBench();
  bench.fanCoil(301);
  await using opened = await open(bench);
  bench.network.isCut = true;
  for (let times = 0; times < 5; times++) {
    await assert.rejects(bench.run(opened.read("temperature")), { code: "DEVICE_IO" });
    await bench.clock.advance(5000);
  }
  bench.network.isCut = false;
  await bench.clock.advance(30_000);
  assert.equal(await bench.run(opened.read("temperature")), 21.5);
});

test("a device that is silent costs only itself", async () => {
  const bench = new MemoryBench();
  const dead = bench.fanCoil(301);
  bench.fanCoil(302);
  await using silent = await open(bench);
  await using alive = await open(bench, { device: 302 });
  dead.faults.isSilent = true;
  const failed = assert.rejects(bench.run(silent.read("temperature")), { code: "DEVICE_IO" });
  const before = bench.clock.monotonic();
  assert.equal(await alive.read("temperature"), 21.5);
  assert.equal(bench.clock.monotonic() - before < 500, true);
  await failed;
  const sent = bench.network.sent;
  await assert.rejects(bench.run(silent.read("temperature")), { message: /did not answer; asked again in/ });
  assert.equal(bench.network.sent, sent, "asked a device that is left alone");
});

test("two devices with one instance are told apart by who answered first, and reported once", async () => {
  const bench = new MemoryBench();
  bench.fanCoil(301, "10.0.0.5:47808");
  const twin = bench.fanCoil(301, "10.0.0.6:47808");
  twin.object("analog-input:1").become(real(5));
  await using opened = await open(bench);
  assert.equal(await bench.run(opened.read("temperature")), 21.5);
  assert.equal(bench.events.filter(({ event }) => event === "bacnet.instance-twice").length, 1);
});

describe("as a foreign device of a BBMD", () => {
  const connection = { bbmd: "192.168.1.1", bbmdTtlSeconds: 60 };

  test("devices beyond the subnet are found, and the registration is renewed before half of its time", async () => {
    const bench = new MemoryBench({ network: new MemoryNetwork({ subnet: "192.168." }) });
    const device = fanCoil(301, { clock: bench.clock });
    device.faults.answersWhoIsTo = "all";
    const bbmd = new EmulatedNode({ bbmd: { clock: bench.clock } });
    bench.network.plug("192.168.1.1:47808", bbmd);
    bench.network.plug("192.168.1.20:47808", new EmulatedNode({ device }));
    await using opened = await open(bench, connection);
    assert.equal(await bench.run(opened.read("temperature")), 21.5);
    assert.deepEqual(bbmd.foreignDevices, ["10.0.0.1:47808"]);
    await bench.clock.advance(300_000);
    assert.ok(bbmd.registrations >= 11, `${bbmd.registrations} registrations`);
    assert.deepEqual(bbmd.foreignDevices, ["10.0.0.1:47808"]);
  });

  test("one that refuses is named once, and asked again", async () => {
    const bench = new MemoryBench({ network: new MemoryNetwork({ subnet: "192.168." }) });
    const bbmd = new EmulatedNode({ bbmd: { clock: bench.clock, refuses: true } });
    bench.network.plug("192.168.1.1:47808", bbmd);
    await assert.rejects(open(bench, connection), { code: "DEVICE_IO", message: /nobody says to be device 301/ });
    assert.deepEqual(
      bench.events.filter(({ event }) => event === "bacnet.bbmd-refused").map(({ fields }) => fields.bbmd),
      ["192.168.1.1:47808"],
    );
  });
});
