import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { analog, EmulatedDevice, EmulatedNode, real, withInvokeId } from "../src/testing/index.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";
import { MemoryBench } from "./memory-bench.ts";

const open = (bench: MemoryBench, more: object = {}) =>
  bench.open(fanCoilModel, fanCoilVisitors, { device: 301, cov: "off", ...more });

for (const library of ["bacnet-js", "bacstack"]) {
  describe(`with ${library}`, () => {
    test("a device is found by its instance, read with one request, and written in the slot of the priority", async () => {
      const bench = new MemoryBench();
      const coil = bench.fanCoil(301);
      await using device = await open(bench, { library, priority: 10 });
      coil.requests.length = 0;
      const results = await bench.run(device.readMany(["temperature", "setpoint", "fan"]));
      assert.deepEqual([results.temperature?.value, results.setpoint?.value, results.fan?.value], [21.5, 21, false]);
      assert.deepEqual(coil.requests, [14]);
      await bench.run(device.write("setpoint", 23.5));
      assert.deepEqual(coil.object("analog-value:1").commands, [{ value: real(23.5), priority: 10 }]);
      assert.deepEqual(coil.object("analog-value:1").slots[9], real(23.5));
      await bench.run(device.call("relinquish" as never, { property: "setpoint" } as never));
      assert.equal(coil.object("analog-value:1").slots[9]?.tag, "null");
      assert.equal(await bench.run(device.read("setpoint")), 21);
    });

    test("answers in segments are put together, though some are lost and others doubled", async () => {
      const bench = new MemoryBench();
      const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
      const objects = names.map((name, index) =>
        analog("input", index, { name: `${name} ${"x".repeat(90)}`, value: index }),
      );
      const device = new EmulatedDevice({ instance: 9, name: "many", objects, maxApdu: 206, clock: bench.clock });
      bench.network.plug("10.0.0.9:47808", new EmulatedNode({ device }));
      let said = 0;
      device.faults.lose = (apdu) => (apdu[0] as number) >> 4 === 3 && ++said % 7 === 0;
      device.faults.copies = 2;
      const model = defineModel("many", Object.fromEntries(names.map((name) => [name, p.string()])));
      const visitors = Object.fromEntries(
        names.map((name, index) => [name, { object: `AI:${index}`, property: "object-name" }]),
      );
      await using many = await bench.open(model, visitors, { device: 9, library });
      const results = await bench.run(many.readMany(names));
      assert.ok(said > 30, `${said} answers are no segments`);
      assert.deepEqual(
        names.map((name) => results[name]?.value),
        objects.map(({ name }) => name),
      );
    });
  });
}

test("a device without segments and without ReadPropertyMultiple is read all the same", async () => {
  for (const options of [{ segments: false, maxApdu: 128 }, { readsMultiple: false }]) {
    const bench = new MemoryBench();
    bench.fanCoil(301, "10.0.0.5:47808", options);
    await using device = await open(bench);
    const results = await bench.run(device.readMany(["temperature", "setpoint", "fan"]));
    assert.deepEqual([results.temperature?.value, results.setpoint?.value, results.fan?.value], [21.5, 21, false]);
  }
});

test("answers that are lost are asked for again; those that are late, doubled or of another request are dropped", async () => {
  const bench = new MemoryBench();
  const coil = bench.fanCoil(301);
  await using device = await open(bench, { timeoutMs: 1000, retries: 2 });
  let lost = 0;
  coil.faults.lose = () => lost++ < 2;
  assert.equal(await bench.run(device.read("temperature")), 21.5);
  coil.faults.lose = () => false;
  coil.faults.copies = 3;
  assert.equal(await bench.run(device.read("temperature")), 21.5);
  coil.faults.copies = 1;
  coil.faults.garble = (apdu) => withInvokeId(apdu, (id) => id + 1);
  await assert.rejects(bench.run(device.read("temperature")), { message: /no answer within 1000 ms, asked 3 times/ });
  coil.faults.garble = (apdu) => apdu;
  await bench.clock.advance(2000);
  coil.faults.latencyMs = 3500; // after the last repetition has run out
  await assert.rejects(bench.run(device.read("temperature")), { code: "DEVICE_IO" });
  coil.object("analog-input:1").become(real(30));
  coil.faults.latencyMs = 0;
  await bench.clock.advance(4000);
  assert.equal(await bench.run(device.read("temperature")), 30);
});

test("what a device refuses is named, with what to do about it", async () => {
  const bench = new MemoryBench();
  const coil = bench.fanCoil(301);
  const model = defineModel("odd", { gone: p.float({ access: "rw" }), fixed: p.float({ access: "rw" }) });
  const visitors = { gone: { object: "AV:77" }, fixed: { object: "AI:1", ignoreFlags: true } };
  await using device = await bench.open(model, visitors, { device: 301, cov: "off" });
  await assert.rejects(bench.run(device.read("gone")), {
    code: "DEVICE_IO",
    message: /^reading analog-value:77 present-value: error unknown-object \(31\); the device has no such object/,
  });
  await assert.rejects(bench.run(device.write("gone", 1)), { code: "CONFIG_INVALID", message: /unknown-object/ });
  await assert.rejects(bench.run(device.write("fixed", 1)), { code: "CONFIG_INVALID", message: /write-access-denied/ });
  coil.faults.refuse = () => ({ kind: "abort", reason: 9 });
  await assert.rejects(bench.run(device.write("gone", 1)), { code: "DEVICE_IO", message: /abort out-of-resources/ });
  coil.faults.refuse = () => ({ kind: "reject", reason: 9 });
  await assert.rejects(bench.run(device.write("gone", 1)), { message: /reject unrecognized-service/ });
});

test("a value of an object in fault or out of service is bad, unless the visitor says to take it", async () => {
  const bench = new MemoryBench();
  const coil = bench.fanCoil(301);
  const model = defineModel("judged", { strict: p.float(), lax: p.float(), fault: p.boolean() });
  const visitors = {
    strict: { object: "AI:1" },
    lax: { object: "AI:1", ignoreFlags: true },
    fault: { object: "AI:1", flag: "fault" },
  };
  await using device = await bench.open(model, visitors, { device: 301, cov: "off" });
  coil.object("analog-input:1").flag("fault", true);
  const results = await bench.run(device.readMany(["strict", "lax", "fault"]));
  assert.equal(results.strict?.error?.message, "analog-input:1 is in fault; it shows 21.5");
  assert.deepEqual([results.lax?.value, results.fault?.value], [21.5, true]);
});

test("a slot that may be given back is read as what we command, and given back by its word", async () => {
  const bench = new MemoryBench();
  const coil = bench.fanCoil(301);
  const model = defineModel("mode", { mode: p.string({ access: "rw" }) });
  const visitors = { mode: { object: "MSV:1", values: { OFF: 1, HEAT: 2 }, relinquish: "PROGRAM" } };
  await using device = await bench.open(model, visitors, { device: 301 });
  assert.equal(await bench.run(device.read("mode")), "PROGRAM");
  await bench.run(device.write("mode", "HEAT"));
  assert.equal(await bench.run(device.read("mode")), "HEAT");
  await bench.run(device.write("mode", "PROGRAM"));
  assert.equal(await bench.run(device.read("mode")), "PROGRAM");
  assert.deepEqual(
    coil.object("multi-state-value:1").commands.map(({ value }) => value.tag),
    ["unsigned", "null"],
  );
});

test("a device behind a router is reached by its network, and several stand at one address", async () => {
  const bench = new MemoryBench();
  const { clock } = bench;
  const front = new EmulatedDevice({ instance: 1, name: "router", objects: [], clock });
  const back = new EmulatedDevice({
    instance: 2,
    name: "mstp",
    objects: [analog("input", 1, { name: "t", value: 7 })],
    clock,
  });
  const node = new EmulatedNode({ device: front, behind: { network: 2001, devices: { "0c": back } } });
  bench.network.plug("10.0.0.7:47808", node);
  bench.fanCoil(301, "10.0.0.7:47809");
  const model = defineModel("t", { t: p.float() });
  const visitors = { t: { object: "AI:1" } };
  await using found = await bench.open(model, visitors, { device: 2 });
  assert.equal(await bench.run(found.read("t")), 7);
  await using told = await bench.open(model, visitors, { device: 301, address: "10.0.0.7:47809" });
  assert.equal(await bench.run(told.read("t")), 21.5);
});

test("one socket serves all devices, and a second one with other settings is refused", async () => {
  const bench = new MemoryBench();
  bench.fanCoil(301);
  bench.fanCoil(302);
  await using _ = await open(bench);
  await using __ = await open(bench, { device: 302 });
  assert.deepEqual(bench.board.held(), ["udp 47808"]);
  await assert.rejects(open(bench, { device: 302, library: "bacstack" }), {
    code: "CONFIG_INVALID",
    message: /0\.0\.0\.0:47808 is in use by .* with other settings/,
  });
});
