import assert from "node:assert/strict";
import { test } from "node:test";
import { i2cBusName } from "../hal/i2c.ts";
import { i2cTarget, scanI2c } from "../hal/i2c-target.ts";
import { HalError } from "../hal.ts";
import { type I2cChip, nack, SimBoard } from "./index.ts";

const kind =
  (expected: string, message = /./) =>
  (error: unknown) =>
    error instanceof HalError && error.kind === expected && message.test(error.message);

/** A chip of 256 registers that counts its transactions. */
function registers(): I2cChip & { readonly cells: Uint8Array; stops: number } {
  let pointer = 0;
  const chip = {
    cells: Uint8Array.from({ length: 256 }, (_, index) => index),
    stops: 0,
    write([first, ...data]: Uint8Array) {
      if (first === undefined) return;
      pointer = first;
      for (const byte of data) chip.cells[pointer++ & 0xff] = byte;
    },
    read: (length: number) => Uint8Array.from({ length }, () => chip.cells[pointer++ & 0xff] as number),
    stop: () => {
      chip.stops++;
    },
  };
  return chip;
}

test("a transaction is one START to STOP, and answers every read with as many bytes as asked", async () => {
  const board = new SimBoard();
  const chip = registers();
  board.i2cBus(1).attach(0x50, chip);
  await using bus = await board.i2c.open("/dev/i2c-1");
  const read = await bus.transfer(0x50, [{ write: Uint8Array.of(0x10) }, { read: 2 }, { read: 1 }]);
  assert.deepEqual(read, [Uint8Array.of(0x10, 0x11), Uint8Array.of(0x12)]);
  assert.equal(chip.stops, 1);
  assert.deepEqual(board.faults.trace, ["i2c-1 open", "i2c-1 0x50 write 10, read 2, read 1"]);
});

test("a chip is written and read in the words of its data sheet", async () => {
  const board = new SimBoard();
  board.i2cBus(1).attach(0x50, registers());
  await using bus = await board.i2c.open(1);
  const chip = i2cTarget(bus, 0x50);
  await chip.write([0x20, 1, 2, 3]);
  assert.deepEqual(await chip.writeRead([0x20], 3), Uint8Array.of(1, 2, 3));
  assert.deepEqual(await chip.read(1), Uint8Array.of(0x23));
});

test("ten-bit addresses are others than seven-bit ones", async () => {
  const board = new SimBoard();
  board.i2cBus(1).attach(0x50, registers(), { tenBit: true });
  await using bus = await board.i2c.open(1);
  assert.deepEqual(await i2cTarget(bus, 0x50, { tenBit: true }).writeRead([7], 1), Uint8Array.of(7));
  await assert.rejects(i2cTarget(bus, 0x50).read(1), kind("nack", /0x50: no chip answers/));
  await assert.rejects(bus.transfer(0x80, [{ read: 1 }]), RangeError);
  await assert.rejects(bus.transfer(0x50, []), RangeError);
});

test("what a chip does not acknowledge says of what", async () => {
  const board = new SimBoard();
  const refuse = () => {
    throw nack("data", "the memory is write protected");
  };
  board.i2cBus(1).attach(0x50, { ...registers(), write: refuse });
  await using bus = await board.i2c.open(1);
  await assert.rejects(bus.transfer(0x50, [{ write: Uint8Array.of(0) }]), (error) => {
    assert.ok(error instanceof HalError);
    assert.deepEqual([error.kind, error.phase], ["nack", "data"]);
    assert.match(error.message, /^i2c-1 0x50: .*write protected/);
    return true;
  });
  await assert.rejects(bus.transfer(0x51, [{ read: 1 }]), { kind: "nack", phase: "address" });
});

test("a chip that is pulled and put back answers again; a broken bus fails everybody until it is mended", async () => {
  const board = new SimBoard();
  const wires = board.i2cBus(1);
  const pull = wires.attach(0x50, registers());
  await using bus = await board.i2c.open(1);
  pull();
  await assert.rejects(bus.transfer(0x50, [{ read: 1 }]), kind("nack"));
  wires.attach(0x50, registers());
  for (const fault of ["arbitration", "bus-stuck", "timeout"] as const) {
    wires.fault = fault;
    await assert.rejects(bus.transfer(0x50, [{ read: 1 }]), kind(fault));
  }
  wires.fault = undefined;
  assert.equal((await bus.transfer(0x50, [{ read: 1 }])).length, 1);
});

test("a bus that is not there is noticed when it is opened", async () => {
  const board = new SimBoard();
  board.i2cBus(3).present = false;
  await assert.rejects(board.i2c.open(3), kind("disconnected", /i2c-3/));
  await assert.rejects(board.i2c.open("GPIO2"), kind("unknown", /GPIO2/));
  assert.equal(board.open, 0);
  assert.deepEqual(await board.i2c.list(), []);
});

test("users share a bus; each lets go once and is refused afterwards", async () => {
  const board = new SimBoard();
  board.i2cBus(1).attach(0x50, registers());
  const first = await board.i2c.open(1, { consumer: "climate" });
  const second = await board.i2c.open("i2c-1", { consumer: "fan" });
  assert.equal(first.name, second.name);
  assert.deepEqual(board.i2cBus(1).users, ["climate", "fan"]);
  await first[Symbol.asyncDispose]();
  await assert.rejects(first.transfer(0x50, [{ read: 1 }]), kind("disconnected", /released/));
  assert.equal((await second.transfer(0x50, [{ read: 1 }])).length, 1);
  await second[Symbol.asyncDispose]();
  assert.deepEqual(board.faults.misuse, []);
  await second[Symbol.asyncDispose]();
  assert.match(board.faults.misuse.join(), /i2c-1 was released twice by fan/);
});

test("a caller that gave up while the bus stalls leaves the chip alone", async () => {
  const board = new SimBoard();
  const chip = registers();
  board.i2cBus(1).attach(0x50, chip);
  await using bus = await board.i2c.open(1);
  board.faults.stall();
  const caller = new AbortController();
  const given = bus.transfer(0x50, [{ write: Uint8Array.of(0, 99) }], { signal: caller.signal });
  caller.abort(new Error("gave up"));
  board.faults.resume();
  await assert.rejects(given, /gave up/);
  assert.equal(chip.cells[0], 0);
});

test("a scan finds every chip between the reserved addresses, and stops at a broken bus", async () => {
  const board = new SimBoard();
  const wires = board.i2cBus(1);
  for (const address of [0x07, 0x08, 0x48, 0x77]) wires.attach(address, registers());
  await using bus = await board.i2c.open(1);
  assert.deepEqual(await scanI2c(bus), [0x08, 0x48, 0x77]);
  wires.fault = "bus-stuck";
  await assert.rejects(scanI2c(bus), kind("bus-stuck"));
});

test("a bus has one name, however it is written", () => {
  for (const way of [1, "1", "01", "i2c-1", "/dev/i2c-1", " 1 "]) assert.equal(i2cBusName(way), "i2c-1");
  for (const way of [-1, 1.5, "", "/dev/ttyUSB0", "i2c-x"]) assert.throws(() => i2cBusName(way), kind("unknown"));
});
