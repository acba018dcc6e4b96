import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { serialFaults } from "@edgetwin/mapper-sdk/testing";
import { ModbusUnit } from "../src/testing/index.ts";
import { RtuBench } from "./rtu-bench.ts";

const meter = defineModel("meter", { voltage: p.double(), limit: p.int({ access: "rw" }) });
const visitors = {
  voltage: { table: "input", address: 0, type: "u16", scale: 0.1 },
  limit: { table: "holding", address: 0, type: "u16" },
};

function meterUnit(decivolts: number): ModbusUnit {
  const unit = new ModbusUnit();
  unit.input.set(0, decivolts);
  unit.holding.set(0, 16);
  return unit;
}

const io = (message: RegExp) => ({ code: "DEVICE_IO", message });

test("devices on one line share the port, each gets the answers of its own unit", async () => {
  const bench = new RtuBench({ 1: meterUnit(2300), 2: meterUnit(2310) });
  const first = await bench.open(meter, { connection: { unit: 1 }, visitors });
  const second = await bench.open(meter, { connection: { unit: 2 }, visitors });
  assert.equal(first.bus, second.bus);
  const values = await bench.run(Promise.all([first.read("voltage"), second.read("voltage"), first.read("limit")]));
  assert.deepEqual(values, [230, 231, 16]);
  await bench.run(first[Symbol.asyncDispose]());
  assert.equal(await bench.run(second.read("voltage")), 231);
  await bench.run(second[Symbol.asyncDispose]());
  assert.deepEqual([bench.board.held(), bench.board.faults.misuse], [[], []]);
});

test("devices that want one line with different settings are refused with both", async () => {
  const bench = new RtuBench({ 1: meterUnit(1), 2: meterUnit(2) });
  await using _ = await bench.open(meter, { connection: { unit: 1 }, visitors }, "default/one");
  await assert.rejects(bench.open(meter, { connection: { unit: 2, baudRate: 19_200 }, visitors }, "default/two"), {
    code: "CONFIG_INVALID",
    message: /^\/dev\/ttyAMA0 is in use by default\/one with other settings .*9600.*devices on one line need the same$/,
  });
});

test("a port that comes back with another name after a restart gives a warning with the name that stays", async () => {
  const stablePath = "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0";
  const bench = new RtuBench({ 1: meterUnit(1) }, { path: "/dev/ttyUSB0", stablePath });
  await using _ = await bench.open(meter, { connection: { unit: 1 }, visitors });
  assert.deepEqual(bench.logged[0], {
    event: "modbus.unstable-path",
    fields: { path: "/dev/ttyUSB0", use: stablePath },
  });
});

test("keeps the silence between frames that the line needs", async () => {
  const bench = new RtuBench({ 1: meterUnit(1) });
  await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
  const before = bench.clock.monotonic();
  await bench.run(device.read("voltage"));
  // 3.5 characters, 8 bytes there, 7 bytes back, 10 bits each.
  assert.equal(Math.round(bench.clock.monotonic() - before), Math.round(((3.5 + 8 + 7) * 10_000) / 9600));
});

describe("a line with faults", () => {
  test("noise in one answer costs a repetition, not the reading", async () => {
    const bench = new RtuBench({ 1: meterUnit(2300) });
    await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
    let disturbed = 0;
    bench.port.disturbance = (bytes, towards) =>
      towards === "port" && disturbed++ === 0 ? serialFaults.corrupted(-1)(bytes, towards) : bytes;
    assert.equal(await bench.run(device.read("voltage")), 230);
    assert.equal(disturbed, 2);
  });

  const damaged = {
    "a wrong checksum": serialFaults.corrupted(-1),
    "a wrong byte count": serialFaults.corrupted(2),
    "a frame that ends too early": serialFaults.truncated(4),
  };
  for (const [what, disturbance] of Object.entries(damaged)) {
    test(`${what} is no value, and is shown`, async () => {
      const bench = new RtuBench({ 1: meterUnit(2300) });
      await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
      bench.port.disturbance = disturbance;
      await assert.rejects(
        bench.run(device.read("voltage")),
        io(/^unit 1 on \/dev\/ttyAMA0: no answer within \d+ ms, but 0x01/),
      );
      bench.port.disturbance = undefined;
      assert.equal(await bench.run(device.read("voltage")), 230);
    });
  }

  test("an answer is found behind noise", async () => {
    const unit = meterUnit(2300);
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
    unit.faults.garble = (frame) => Uint8Array.of(0x00, 0xff, 0x01, 0x04, ...frame);
    assert.equal(await bench.run(device.read("voltage")), 230);
  });

  test("the answer of another unit is not taken", async () => {
    const unit = meterUnit(2300);
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
    unit.faults.answersAs = 2;
    await assert.rejects(bench.run(device.read("voltage")), io(/but 0x02/));
  });

  test("an answer that comes too late is never taken for that to the next question", async () => {
    const unit = meterUnit(2300);
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(meter, { connection: { unit: 1, timeoutMs: 100 }, visitors });
    unit.faults.latencyMs = 150;
    await assert.rejects(bench.run(device.read("voltage")), io(/no answer within/));
    unit.input.set(0, 9999);
    unit.faults.latencyMs = 0;
    // Until the late answer must have come nobody asks.
    await assert.rejects(bench.run(device.read("voltage")), io(/^unit 1 on .* did not answer; asked again in \d+ ms$/));
    await bench.clock.advance(400);
    assert.equal(await bench.run(device.read("voltage")), 999.9);
  });

  test("a unit that is not there is found out when it is opened", async () => {
    const bench = new RtuBench({ 1: meterUnit(1) });
    await assert.rejects(bench.open(meter, { connection: { unit: 9 }, visitors }), io(/^unit 9 on .*no answer within/));
    assert.deepEqual(bench.board.held(), []);
  });

  test("a silent unit is asked less and less often, and the others keep the line", async () => {
    const [good, bad] = [meterUnit(2300), meterUnit(1)];
    const bench = new RtuBench({ 1: good, 2: bad });
    await using one = await bench.open(meter, { connection: { unit: 1 }, visitors });
    await using two = await bench.open(meter, { connection: { unit: 2 }, visitors });
    bad.faults.silent = true;
    const asked: number[] = [];
    const sent = bench.board.faults;
    const began = bench.clock.monotonic();
    while (bench.clock.monotonic() - began < 60_000) {
      const writes = sent.trace.filter((step) => step.includes(" write 02")).length;
      await bench.run(two.read("voltage").catch(() => undefined));
      if (sent.trace.filter((step) => step.includes(" write 02")).length > writes) asked.push(bench.clock.monotonic());
      assert.equal(await bench.run(one.read("voltage")), 230);
      await bench.clock.advance(200);
    }
    assert.ok(asked.length >= 4 && asked.length <= 7, `asked ${asked.length} times in a minute`);
    bad.faults.silent = false;
    await bench.clock.advance(30_000);
    assert.equal(await bench.run(two.read("voltage")), 0.1);
    assert.deepEqual(
      bench.logged.filter(({ event }) => event.startsWith("modbus.unit")).map(({ event }) => event),
      ["modbus.unit-silent", "modbus.unit-answers"],
    );
  });

  test("somebody who switches a silent unit does not wait for its next turn", async () => {
    const unit = meterUnit(1);
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(meter, { connection: { unit: 1, timeoutMs: 100 }, visitors });
    unit.faults.silent = true;
    for (let times = 0; times < 8; times++) {
      await bench.run(device.read("voltage").catch(() => undefined));
      await bench.clock.advance(20_000);
    }
    await bench.run(device.read("voltage").catch(() => undefined));
    unit.faults.silent = false;
    await bench.clock.advance(1000);
    await assert.rejects(bench.run(device.read("voltage")), io(/did not answer; asked again in/));
    await bench.run(device.write("limit", 32));
    assert.equal(unit.holding.get(0), 32);
  });

  test("an adapter that is pulled and plugged back is opened again, without the device being opened again", async () => {
    const bench = new RtuBench({ 1: meterUnit(2300) });
    await using device = await bench.open(meter, { connection: { unit: 1 }, visitors });
    bench.port.unplug();
    await assert.rejects(bench.run(device.read("voltage")), io(/^\/dev\/ttyAMA0: there is no \/dev\/ttyAMA0$/));
    await assert.rejects(bench.run(device.read("voltage")), io(/tried again in \d+ ms/));
    bench.port.plug();
    await bench.clock.advance(250);
    assert.equal(await bench.run(device.read("voltage")), 230);
  });
});
