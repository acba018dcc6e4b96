import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { modbus } from "../src/index.ts";
import { ModbusUnit } from "../src/testing/index.ts";
import { RtuBench } from "./rtu-bench.ts";

const model = defineModel("legacy", {
  temperature: p.double(),
  counter: p.int64(),
  mode: p.int({ access: "rw" }),
  switch: p.boolean({ access: "rw" }),
  coil: p.boolean({ access: "rw" }),
  name: p.string(),
});
const visitors = {
  temperature: { register: "HoldingRegister", offset: 0, limit: 2, scale: 1, isRegisterSwap: true },
  counter: { register: "InputRegister", offset: 0, limit: 4 },
  mode: { register: "HoldingRegister", offset: 2, limit: 1, scale: 0.1 },
  switch: { register: "HoldingRegister", offset: 3, limit: 1 },
  coil: { register: "CoilRegister", offset: 2, limit: 1 },
  name: { register: "HoldingRegister", offset: 4, limit: 2 },
};

function unit(): ModbusUnit {
  const unit = new ModbusUnit();
  unit.holding.set(0, 0xcccd, 0x41cc, 215, 1, 0x4142, 0x4300);
  unit.input.set(0, 0x0020, 0, 0, 1);
  unit.coil.set(2, 1);
  return unit;
}

/** How older manifests of KubeEdge arrive, and how those of its v1beta1 example driver are written. */
const connections: Readonly<Record<string, object>> = {
  "v1alpha1 and v1alpha2": {
    serialPort: "/dev/ttyAMA0",
    baudRate: 9600,
    parity: "none",
    slaveID: 3,
    serialType: "RS485",
  },
  "the v1beta1 example driver": {
    communicateMode: "RTU",
    serialName: "/dev/ttyAMA0",
    baudRate: "9600",
    parity: "N",
    slaveID: "3",
    rs485Enabled: "true",
  },
};

for (const [what, connection] of Object.entries(connections)) {
  test(`the keys of ${what} are taken as they are`, async () => {
    const bench = new RtuBench({ 3: unit() });
    const { board, clock } = bench;
    await using device = await bench.run(modbus.serve(model).open({ connection, visitors }, { board, clock }));
    const names = ["temperature", "counter", "mode", "switch", "coil", "name"] as const;
    const results = await bench.run(device.readMany(names));
    assert.deepEqual(
      names.map((name) => results[name]?.value),
      [25.600000381469727, 2n ** 53n + 1n, 21, true, true, "ABC"],
    );
    await bench.run(device.write("mode", 30));
    await bench.run(device.write("coil", false));
    assert.deepEqual(await bench.run(device.read("mode")), 30);
    assert.deepEqual(await bench.run(device.read("coil")), false);
    assert.ok(bench.port.settings?.rs485);
  });
}

test("by name, values are decoded as KubeEdge's own mapper does", async () => {
  const bench = new RtuBench({ 1: unit() });
  const { temperature: _, ...others } = visitors;
  const legacy = Object.fromEntries(
    Object.entries(others).map(([name, visitor]) => [name, { ...visitor, decoder: "kubeedge-legacy" }]),
  );
  const { temperature: __, ...properties } = model.properties;
  await using device = await bench.open(defineModel("legacy", properties), { visitors: legacy });
  assert.equal(await bench.run(device.read("switch")), false, "a register of 1 is no first byte of 1");
  assert.equal(await bench.run(device.read("name")), "ABC\0");
  assert.equal(await bench.run(device.read("mode")), 21);
  await bench.run(device.write("mode", 30));
  assert.equal(bench.emulator.units.get(1)?.holding.get(2), 30, "it never undid the scale");
});

describe("what KubeEdge's mapper took for 0, or fell over, is refused", () => {
  const refuse = (name: keyof typeof visitors, settings: object, message: RegExp) => {
    const config = { connection: { serialPort: "/dev/x", slaveID: 1 }, visitors: { ...visitors, [name]: settings } };
    assert.throws(() => modbus.serve(model).modelFor(config), { code: "CONFIG_INVALID", message });
  };
  test("a scale of 0", () => refuse("mode", { ...visitors.mode, scale: 0 }, /^visitors\.mode\.scale: 0 would make/));
  test("a length that the type cannot have", () =>
    refuse(
      "temperature",
      { ...visitors.temperature, limit: 3 },
      /^visitors\.temperature\.limit: double takes 1 or 2 or 4, got 3$/,
    ));
  test("a register to write that can only be read", () =>
    refuse(
      "mode",
      { ...visitors.mode, register: "InputRegister" },
      /^visitors\.mode\.table: "input" can only be read/,
    ));
  test("a key that is misspelt", () =>
    refuse(
      "mode",
      { ...visitors.mode, isSwop: true },
      /^visitors\.mode\.isSwop: is not a setting here; did you mean "isSwap"\?$/,
    ));
  test("a device that is nowhere", () =>
    assert.throws(() => modbus.serve(model).modelFor({ connection: { slaveID: 1 }, visitors }), {
      message: 'connection: is missing where the device is; give "ip" for TCP or "serialPort" for a line',
    }));
  test("a unit that is missing", () =>
    assert.throws(() => modbus.serve(model).modelFor({ connection: { ip: "10.0.0.5", port: "502" }, visitors }), {
      message: /^connection\.slaveID: is missing; expected a whole number from 1 to 255$/,
    }));
});
