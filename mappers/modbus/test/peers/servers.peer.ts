import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Device, defineModel, p, systemClock } from "@edgetwin/mapper-sdk";
import { modbus } from "../../src/index.ts";
import { freePort, type PeerName, startPeer } from "./peer-server.ts";
import { PtyBoard, ptyPair } from "./pty-board.ts";

const model = defineModel("unit", {
  coil: p.boolean({ access: "rw" }),
  coils: p.boolean({ access: "rw" }),
  discrete: p.boolean(),
  input: p.int(),
  register: p.int({ access: "rw" }),
  registers: p.int({ access: "rw" }),
  bit: p.boolean({ access: "rw" }),
  abcd: p.float(),
  cdab: p.float(),
});
const visitors = {
  coil: { table: "coil", address: 3 },
  coils: { table: "coil", address: 4, write: "multiple" },
  discrete: { table: "discrete", address: 9 },
  input: { table: "input", address: 7, type: "u16" },
  register: { table: "holding", address: 20, type: "i16" },
  registers: { table: "holding", address: 30, type: "i32", order: "CDAB" },
  bit: { table: "holding", address: 15, type: "u16", bits: { at: 3 } },
  abcd: { table: "holding", address: 100, type: "f32" },
  cdab: { table: "holding", address: 102, type: "f32", order: "CDAB" },
};

const openWith = (connection: object): Promise<Device<typeof model>> =>
  modbus.serve(model).open({ connection, visitors }, { board: new PtyBoard(), clock: systemClock });

/** Everything that the mapper can ask of a unit, against one that was written by others. */
async function exercise(device: Device<typeof model>, peer: PeerName): Promise<void> {
  const results = await device.readMany(Object.keys(visitors) as (keyof typeof visitors)[]);
  const { discrete, input, register, registers, bit, abcd, cdab } = results;
  assert.deepEqual(
    [discrete?.value, input?.value, register?.value, registers?.value],
    [true, 1007, 20, 31 * 65_536 + 30],
  );
  assert.deepEqual([bit?.value, abcd?.value, cdab?.value], [true, Math.fround(21.50888824), Math.fround(21.50888824)]);

  await device.write("coil", true); // function 5
  await device.write("coils", true); // 15
  await device.write("register", -5); // 6
  await device.write("registers", -70_000); // 16
  await device.write("bit", false); // 22
  const after = await Promise.all([
    device.read("coil"),
    device.read("coils"),
    device.read("register"),
    device.read("registers"),
    device.call("readRegisters", { address: 15 }),
  ]);
  assert.deepEqual(after, [true, true, -5, -70_000, { registers: [7] }]);

  const both = { address: 40, registers: [1, 2], readAddress: 40, count: 2 };
  assert.deepEqual(await device.call("readWriteRegisters", both), { registers: [1, 2] }); // 23
  await assert.rejects(device.call("readRegisters", { address: 5000 }), {
    message: /exception 2 \(illegal data address\)/,
  });

  const many = await Promise.all(Array.from({ length: 20 }, () => device.read("input")));
  assert.deepEqual(new Set(many), new Set([1007]));
  assert.ok(((await device.call("serverId", undefined)) as { id: number }).id > 0); // 17
  const identity = { vendor: "Pymodbus", product: "PM", revision: "3.0" };
  // libmodbus does not know 43/14: over TCP it says so, on a line it says nothing.
  if (peer === "pymodbus") assert.deepEqual(await device.call("identify", undefined), identity);
  else
    await assert.rejects(device.call("identify", undefined), { code: "DEVICE_IO", message: /exception 1|no answer/ });
}

/** Asks until an answer comes; the device is not opened again. */
async function answersAgain(device: Device<typeof model>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { input } = await device.readMany(["input"]);
    if (input?.value === 1007) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the unit was not reached again within 10 s");
}

for (const peer of ["libmodbus", "pymodbus"] as const) {
  describe(peer, () => {
    test("does over TCP what it is asked, and is reached again after it was killed", { timeout: 60_000 }, async () => {
      const port = await freePort();
      const first = await startPeer(peer, "tcp", String(port));
      await using device = await (async () => {
        for (;;) {
          try {
            return await openWith({ host: "127.0.0.1", port });
          } catch (error) {
            if (first.child.exitCode !== null) throw error;
            await new Promise((resolve) => setTimeout(resolve, 50)); // it says "ready" before it listens
          }
        }
      })();
      await exercise(device, peer);
      await first[Symbol.asyncDispose]();
      await assert.rejects(device.read("input"), { code: "DEVICE_IO" });
      await using _ = await startPeer(peer, "tcp", String(port));
      await answersAgain(device);
    });

    test("does over a serial line what it is asked", { timeout: 60_000 }, async () => {
      await using cable = await ptyPair();
      await using server = await startPeer(peer, "rtu", cable.theirs);
      await using device = await (async () => {
        for (;;) {
          try {
            return await openWith({ path: cable.ours, baudRate: 19_200, timeoutMs: 1000 });
          } catch (error) {
            if (server.child.exitCode !== null) throw error;
          }
        }
      })();
      await exercise(device, peer);
      // A unit that is stopped is silent, and answers again when it goes on.
      server.child.kill("SIGSTOP");
      await assert.rejects(device.read("input"), { code: "DEVICE_IO" });
      server.child.kill("SIGCONT");
      await answersAgain(device);
    });
  });
}
