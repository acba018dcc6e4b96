import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { ModbusUnit } from "../src/testing/index.ts";
import { RtuBench } from "./rtu-bench.ts";

/** A model of whole numbers in holding registers at `addresses`. */
function registers(addresses: readonly number[]) {
  const names = addresses.map((address) => `r${address}`);
  const model = defineModel("registers", Object.fromEntries(names.map((name) => [name, p.int()])));
  const visitors = Object.fromEntries(
    addresses.map((address) => [`r${address}`, { table: "holding", address, type: "u16" }]),
  );
  return { names, model, visitors };
}

describe("reading many", () => {
  test("takes neighbours with one request, and the gap between them", async () => {
    const unit = new ModbusUnit();
    unit.holding.set(0, ...Array.from({ length: 60 }, (_, index) => index));
    const bench = new RtuBench({ 1: unit });
    const { model, visitors, names } = registers([0, 1, 2, 9, 30, 31]);
    await using device = await bench.open(model, { connection: { maxGap: 6 }, visitors });
    unit.requests = 0;
    const results = await bench.run(device.readMany(names));
    assert.deepEqual(
      names.map((name) => results[name]?.value),
      [0, 1, 2, 9, 30, 31],
    );
    assert.equal(unit.requests, 2);
  });

  test("learns where a device refuses to be read across, and loses only what is not there", async () => {
    const unit = new ModbusUnit();
    unit.holding.set(0, 10, 11, 12).set(5, 15, 16).set(20, 20);
    const bench = new RtuBench({ 1: unit });
    const { model, visitors, names } = registers([0, 1, 2, 5, 6, 7, 20]);
    await using device = await bench.open(model, { connection: { maxGap: 20 }, visitors });
    const readAll = async () => {
      unit.requests = 0;
      const results = await bench.run(device.readMany(names));
      return names.map((name) => results[name]?.value ?? results[name]?.error.message);
    };
    const missing =
      "reading holding 7: exception 2 (illegal data address); the device has no such address; the first register of a data sheet's 40001 is address 0";
    assert.deepEqual(await readAll(), [10, 11, 12, 15, 16, missing, 20]);
    const learning = unit.requests;
    assert.deepEqual(await readAll(), [10, 11, 12, 15, 16, missing, 20]);
    assert.ok(unit.requests < learning, `${unit.requests} requests instead of ${learning}`);
    assert.ok(unit.requests <= 5);
  });

  test("finds out how much a device gives at once", async () => {
    const unit = new ModbusUnit({ maxRegisters: 10 });
    unit.holding.set(0, ...Array.from({ length: 40 }, (_, index) => index));
    const bench = new RtuBench({ 1: unit });
    const { model, visitors, names } = registers(Array.from({ length: 40 }, (_, index) => index));
    await using device = await bench.open(model, { visitors });
    await bench.run(device.readMany(names));
    unit.requests = 0;
    const results = await bench.run(device.readMany(names));
    assert.deepEqual(
      names.map((name) => results[name]?.value),
      names.map((_, index) => index),
    );
    assert.equal(unit.requests, 4);
  });

  test("leaves the rest for another time when the bus is wanted", async () => {
    const unit = new ModbusUnit();
    unit.holding.set(0, 1).set(100, 2).set(200, 3);
    const bench = new RtuBench({ 1: unit });
    const { model, visitors, names } = registers([0, 100, 200]);
    await using device = await bench.open(model, { visitors });
    const results = await bench.run(device.readMany(names, { goOn: () => false }));
    assert.deepEqual(Object.keys(results), ["r0"]);
  });
});

describe("writing", () => {
  const model = defineModel("relays", {
    one: p.boolean({ access: "rw" }),
    flag: p.boolean({ access: "rw" }),
    level: p.double({ access: "rw" }),
    wide: p.int({ access: "rw" }),
  });
  const visitors = {
    one: { table: "coil", address: 5 },
    flag: { table: "holding", address: 1, type: "u16", bits: { at: 4 } },
    level: { table: "holding", address: 2, type: "i16", scale: 0.5 },
    wide: { table: "holding", address: 3, type: "u32", order: "CDAB" },
  };
  const unitWith = (functions?: readonly number[]) => {
    const unit = new ModbusUnit(functions ? { functions } : {});
    unit.coil.set(5, 0);
    unit.holding.set(1, 0xffff, 0, 0, 0);
    return unit;
  };

  test("uses one register or several as the value needs, and masks single bits", async () => {
    const unit = unitWith();
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(model, { visitors });
    await bench.run(device.write("one", true));
    await bench.run(device.write("flag", false));
    await bench.run(device.write("level", -1.5));
    await bench.run(device.write("wide", 0x12345678));
    assert.deepEqual(
      unit.writes.map(({ code }) => code),
      [5, 22, 6, 16],
    );
    assert.equal(unit.coil.get(5), 1);
    assert.deepEqual(
      [1, 2, 3, 4].map((address) => unit.holding.get(address)),
      [0xffef, 0xfffd, 0x5678, 0x1234],
    );
  });

  test("reads, changes and writes bits where the device cannot mask, and remembers that", async () => {
    const unit = unitWith([1, 3, 5, 6, 16]);
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(model, { visitors });
    await bench.run(device.write("flag", false));
    assert.equal(unit.holding.get(1), 0xffef);
    unit.requests = 0;
    await bench.run(device.write("flag", true));
    assert.equal(unit.holding.get(1), 0xffff);
    assert.equal(unit.requests, 2);
  });

  test("uses functions 15 and 16 where the visitor says so", async () => {
    const unit = unitWith([1, 3, 15, 16]);
    const bench = new RtuBench({ 1: unit });
    const multiple = {
      ...visitors,
      one: { ...visitors.one, write: "multiple" },
      level: { ...visitors.level, write: "multiple" },
    };
    await using device = await bench.open(model, { visitors: multiple });
    await bench.run(device.write("one", true));
    await bench.run(device.write("level", 3));
    assert.deepEqual(
      unit.writes.map(({ code }) => code),
      [15, 16],
    );
  });

  test("says what a device refuses, and whether trying again can help", async () => {
    const bench = new RtuBench({ 1: unitWith([1, 3]) });
    await using device = await bench.open(model, { visitors });
    await assert.rejects(bench.run(device.write("one", true)), {
      code: "CONFIG_INVALID",
      message: /^writing coil 5: exception 1 \(illegal function\); the device does not know this function/,
    });
    const requests = bench.emulator.requests;
    await assert.rejects(bench.run(device.write("level", 20_000)), {
      code: "VALUE_INVALID",
      message: "expected a number from -16384 to 16383.5, got 20000",
    });
    assert.equal(bench.emulator.requests, requests, "asked the device for a value that it cannot hold");
  });
});

describe("what a unit can do besides", () => {
  const { model, visitors } = registers([0]);
  const unit = new ModbusUnit({ identification: ["Edgetwin", "meter", "1.2"] });
  unit.holding.set(0, 1, 2, 3);

  test("reads and writes registers that no property stands for", async () => {
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(model, { visitors });
    assert.deepEqual(await bench.run(device.call("readRegisters", { address: 1, count: 2 })), { registers: [2, 3] });
    await bench.run(device.call("writeRegisters", { address: 1, registers: [7, 8] }));
    const both = { address: 0, registers: [9], readAddress: 0, count: 3 };
    assert.deepEqual(await bench.run(device.call("readWriteRegisters", both)), { registers: [9, 7, 8] });
    await assert.rejects(bench.run(device.call("readRegisters", { address: 50, count: 2 })), {
      code: "DEVICE_IO",
      message: /^reading holding 50 to 51: exception 2/,
    });
  });

  test("says who made it and whether it runs", async () => {
    const bench = new RtuBench({ 1: unit });
    await using device = await bench.open(model, { visitors });
    assert.deepEqual(await bench.run(device.call("identify", undefined)), {
      vendor: "Edgetwin",
      product: "meter",
      revision: "1.2",
    });
    const said = { id: 0x2a, running: true, additional: Buffer.from("ok").toString("hex") };
    assert.deepEqual(await bench.run(device.call("serverId", undefined)), said);
  });
});
