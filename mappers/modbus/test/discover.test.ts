import assert from "node:assert/strict";
import { test } from "node:test";
import { type Discovered, silentLog } from "@edgetwin/mapper-sdk";
import { modbus } from "../src/index.ts";
import { ModbusUnit } from "../src/testing/index.ts";
import { RtuBench } from "./rtu-bench.ts";

const floats = (value: number): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
};

function meter(phases: 1 | 3): ModbusUnit {
  const unit = new ModbusUnit();
  unit.input.set(0, ...floats(231)).set(0x0046, ...floats(50.01));
  unit.input.set(2, ...(phases === 3 ? floats(229) : [0, 0]));
  return unit;
}

async function found(bench: RtuBench, options: object, devices = {}): Promise<Discovered[]> {
  const { board, clock, path } = bench;
  const all: Discovered[] = [];
  const turns: string[] = [];
  const look = async () => {
    const environment = {
      board,
      clock,
      log: silentLog,
      signal: new AbortController().signal,
      devices,
      turn: <T>(bus: string, action: () => Promise<T>) => {
        turns.push(bus);
        return action();
      },
    };
    for await (const one of modbus.discover?.find({ path, ...options }, environment) ?? []) all.push(one);
  };
  await bench.run(look());
  assert.ok(turns.every((bus) => bus === `modbus:${path}`));
  assert.deepEqual(bench.board.held(), []);
  return all;
}

test("a sweep finds the units that answer, says what they are, and proposes how to reach them", async () => {
  const talker = new ModbusUnit({ identification: ["Acme", "PLC-7", "2.1"] });
  const mute = new ModbusUnit({ functions: [1] });
  const climate = new ModbusUnit();
  climate.input.set(1, 215, 480);
  const bench = new RtuBench({ 2: meter(1), 3: meter(3), 5: talker, 9: mute, 11: climate });
  const all = await found(bench, { to: 12, baudRate: 9600 });
  assert.deepEqual(
    all.map(({ name, model, confidence }) => [name, model?.name, confidence]),
    [
      ["sdm120 at 2", "sdm120", 0.3],
      ["sdm630 at 3", "sdm630", 0.6],
      ["PLC-7 at 5", undefined, 0.5],
      ["modbus at 9", undefined, 0.1],
      ["temperature-humidity-rs485 at 11", "temperature-humidity-rs485", 0.3],
    ],
  );
  assert.deepEqual(all[2]?.facts, { vendor: "Acme", product: "PLC-7", revision: "2.1" });
  const proposal = all[1] as Required<Discovered>;
  assert.deepEqual(proposal.connection, { path: bench.path, baudRate: 9600, unit: 3, maxRegisters: 80 });
  const { connection, visitors } = proposal;
  modbus.serve(proposal.model).modelFor({ connection, visitors });
  assert.ok(
    [talker, mute, climate].every(({ writes }) => writes.length === 0),
    "something was written",
  );
});

test("units that are devices already are told as such, in our settings and in KubeEdge's", async () => {
  const bench = new RtuBench({ 2: meter(1), 3: meter(1), 4: meter(1) });
  const devices = {
    "default/hall": { path: bench.path, unit: "2", maxGap: 0 },
    "default/roof": { serialPort: bench.path, slaveID: 3, baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
    "default/far": { host: "10.0.0.5", unit: 4 },
  };
  const all = await found(bench, { to: 4 }, devices);
  assert.deepEqual(
    all.map(({ known }) => known),
    ["default/hall", "default/roof", undefined],
  );
});

test("a sweep of a line where nobody answers ends, and finds nothing", async () => {
  const bench = new RtuBench({});
  assert.deepEqual(await found(bench, { from: 1, to: 20, timeoutMs: 50 }), []);
  assert.ok(bench.clock.monotonic() < 20 * 100);
});

test("a line that cannot be opened ends the search with its reason", async () => {
  const bench = new RtuBench({});
  bench.port.unplug();
  await assert.rejects(found(bench, {}), { code: "DEVICE_IO", message: /^\/dev\/ttyAMA0: there is no/ });
  await assert.rejects(found(bench, { host: "10.0.0.5" }), { message: /host and path are two ways/ });
});
