import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { type Device, defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { modbus } from "../src/index.ts";
import { ModbusEmulator, type ModbusServer, ModbusUnit, serveModbus } from "../src/testing/index.ts";

const model = defineModel("tank", { level: p.double(), valve: p.boolean({ access: "rw" }) });
const visitors = {
  level: { table: "holding", address: 0, type: "f32", order: "CDAB" },
  valve: { table: "coil", address: 0 },
};

function tank(): ModbusUnit {
  const unit = new ModbusUnit();
  unit.holding.set(0, 0x0000, 0x41ac);
  unit.coil.set(0, 0);
  return unit;
}

/** A device over a real socket on this machine, with a clock that only moves when it is told. */
class TcpBench {
  readonly clock = new ManualClock();
  readonly board = new SimBoard({ clock: this.clock });

  open(port: number, more: object = {}): Promise<Device<typeof model>> {
    return this.openModel(model, visitors, { port, ...more });
  }

  openModel<M extends Model>(
    model: M,
    visitors: Readonly<Record<string, unknown>>,
    connection: object,
  ): Promise<Device<M>> {
    const { board, clock } = this;
    return modbus.serve(model).open({ connection: { host: "127.0.0.1", ...connection }, visitors }, { board, clock });
  }
}

for (const framing of ["tcp", "rtu"] as const) {
  describe(`a unit over TCP with ${framing} frames`, () => {
    const connection = { framing };

    test("is read and written", async () => {
      await using server = await serveModbus(new ModbusEmulator({ 1: tank() }), { framing });
      await using device = await new TcpBench().open(server.port, connection);
      assert.equal(await device.read("level"), 21.5);
      await device.write("valve", true);
      assert.equal(await device.read("valve"), true);
    });

    test("shares one connection with the other units of its gateway", async () => {
      const bench = new TcpBench();
      await using server = await serveModbus(new ModbusEmulator({ 1: tank(), 2: tank() }), { framing });
      await using one = await bench.open(server.port, connection);
      await using two = await bench.open(server.port, { ...connection, unit: 2 });
      assert.deepEqual(await Promise.all([one.read("level"), two.read("level")]), [21.5, 21.5]);
      assert.equal(server.connections, 1);
    });

    test("is reached again after its gateway restarted, without being opened again", async () => {
      const bench = new TcpBench();
      const emulator = new ModbusEmulator({ 1: tank() });
      let server: ModbusServer | undefined = await serveModbus(emulator, { framing });
      const { port } = server;
      await using device = await bench.open(port, connection);
      await server[Symbol.asyncDispose]();
      server = undefined;
      await assert.rejects(device.read("level"), { code: "DEVICE_IO" });
      await assert.rejects(device.read("level"), { code: "DEVICE_IO", message: /ECONNREFUSED|tried again in/ });
      await using _ = await serveModbus(emulator, { framing, port });
      await bench.clock.advance(10_000);
      assert.equal(await device.read("level"), 21.5);
    });
  });
}

test("an answer that comes too late is told from the next by its transaction", async () => {
  const bench = new TcpBench();
  const unit = tank();
  await using server = await serveModbus(new ModbusEmulator({ 1: unit }), { clock: bench.clock });
  await using device = await bench.open(server.port, { timeoutMs: 100 });
  unit.faults.latencyMs = 150;
  await assert.rejects(bench.clock.runUntil(device.read("level")), { message: /no answer within 100 ms/ });
  unit.holding.set(0, 0x0000, 0x4248);
  unit.faults.latencyMs = 60; // arrives behind the late one
  assert.equal(await bench.clock.runUntil(device.read("level")), 50);
});

test("a peer that accepts and says nothing is given up in time, and its connection is replaced", async () => {
  const bench = new TcpBench();
  const emulator = new ModbusEmulator({ 1: tank() });
  await using server = await serveModbus(emulator);
  await using device = await bench.open(server.port, { timeoutMs: 100 });
  emulator.dead = true;
  for (let times = 0; times < 3; times++) {
    await assert.rejects(bench.clock.runUntil(device.read("level")), { message: /no answer|did not answer/ });
    await bench.clock.advance(60_000);
  }
  emulator.dead = false;
  assert.equal(await device.read("level"), 21.5);
  assert.equal(server.connections, 1);
});

test("nobody who listens is named with the address", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(new TcpBench().open(port), {
    code: "DEVICE_IO",
    message: `127.0.0.1:${port}: cannot connect to 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});

test("what does not speak Modbus is named, and the next reading begins afresh", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  await assert.rejects(new TcpBench().open(port), {
    code: "DEVICE_IO",
    message: /the other side does not speak Modbus TCP: 0x485454502f31 is no header of it/,
  });
  await new Promise((resolve) => server.close(resolve));
});

test("a whole pass of a thousand tags takes few requests", async () => {
  const unit = new ModbusUnit();
  unit.holding.set(0, ...Array.from({ length: 1000 }, (_, index) => index));
  const names = Array.from({ length: 1000 }, (_, index) => `t${index}`);
  const many = defineModel("many", Object.fromEntries(names.map((name) => [name, p.int()])));
  const places = Object.fromEntries(names.map((name, address) => [name, { table: "holding", address, type: "u16" }]));
  await using server = await serveModbus(new ModbusEmulator({ 1: unit }));
  await using device = await new TcpBench().openModel(many, places, { port: server.port });
  unit.requests = 0;
  const results = await device.readMany(names);
  assert.deepEqual(
    names.map((name) => results[name]?.value),
    names.map((_, index) => index),
  );
  assert.equal(unit.requests, 8);
});
