import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { test } from "node:test";
import { HalError, type I2c } from "@edgetwin/mapper-sdk";
import { type I2cChip, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { FakeI2c } from "../../test/fake-i2c.ts";
import { type FakeRoot, fakeRoot } from "../../test/fake-root.ts";
import { headerI2c } from "./header-i2c.ts";
import { i2cFindings } from "./probe-bus.ts";

interface Bench extends AsyncDisposable {
  readonly root: FakeRoot;
  readonly board: SimBoard;
  readonly fake: FakeI2c;
  readonly i2c: I2c;
}

/** A chip that answers every read with the first byte it was last sent. */
const echo = (): I2cChip => {
  let last = 0;
  return {
    write([first = 0]) {
      last = first;
    },
    read: (length) => new Uint8Array(length).fill(last),
  };
};

async function bench(files: Record<string, string> = { "dev/i2c-1": "" }): Promise<Bench> {
  const root = await fakeRoot(files);
  const board = new SimBoard();
  const fake = new FakeI2c(board);
  board.i2cBus(1).attach(0x48, echo());
  const i2c = headerI2c({ root: root.path, library: async () => fake.library, rdwr: async () => fake.rdwr });
  return { root, board, fake, i2c, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

const kind =
  (expected: string, message = /./) =>
  (error: unknown) =>
    error instanceof HalError && error.kind === expected && message.test(error.message);

const bytes = (...values: number[]) => Uint8Array.from(values);

test("each shape of transaction goes the way that can do it", async () => {
  await using b = await bench();
  await using bus = await b.i2c.open(1);
  await bus.transfer(0x48, [{ write: bytes(1, 2, 3) }]);
  await bus.transfer(0x48, [{ read: 40 }]);
  await bus.transfer(0x48, [{ write: bytes(7) }, { read: 32 }]);
  await bus.transfer(0x48, [{ write: bytes(7) }, { read: 33 }]);
  await bus.transfer(0x48, [{ write: bytes(0, 7) }, { read: 2 }]);
  await bus.transfer(0x48, [{ write: bytes() }]);
  await bus.transfer(0x48, [{ write: bytes(1) }, { write: bytes(2) }, { read: 1 }]);
  assert.deepEqual(b.fake.calls, [
    "i2cWrite",
    "i2cRead",
    "readI2cBlock",
    "I2C_RDWR",
    "I2C_RDWR",
    "I2C_RDWR",
    "I2C_RDWR",
  ]);
});

test("every way answers with the bytes of the chip", async () => {
  await using b = await bench();
  await using bus = await b.i2c.open(1);
  assert.deepEqual(
    (await bus.transfer(0x48, [{ write: bytes(7) }, { read: 2 }])).map((read) => [...read]),
    [[7, 7]],
  );
  const combined = await bus.transfer(0x48, [{ write: bytes(8, 1) }, { read: 2 }, { write: bytes(9) }, { read: 1 }]);
  assert.deepEqual(
    combined.map((read) => [...read]),
    [[8, 8], [9]],
  );
});

test("an adapter that knows SMBus only does what SMBus can, and says what it cannot", async () => {
  await using b = await bench();
  b.fake.functions = { i2c: false, tenBitAddr: false };
  await using bus = await b.i2c.open(1);
  await bus.transfer(0x48, [{ write: bytes() }]);
  await bus.transfer(0x48, [{ write: bytes(1) }]);
  await bus.transfer(0x48, [{ write: bytes(1, 2, 3) }]);
  await bus.transfer(0x48, [{ read: 1 }]);
  await bus.transfer(0x48, [{ write: bytes(1) }, { read: 32 }]);
  assert.deepEqual(b.fake.calls, ["writeQuick", "sendByte", "writeI2cBlock", "receiveByte", "readI2cBlock"]);
  await assert.rejects(bus.transfer(0x48, [{ read: 2 }]), kind("unsupported", /SMBus only/));
  await assert.rejects(bus.transfer(0x48, [{ read: 1 }], { tenBit: true }), kind("unsupported", /ten-bit/));
});

test("a bus that is not there is noticed at open, with the line for config.txt", async () => {
  await using b = await bench({});
  await assert.rejects(b.i2c.open(1), kind("disconnected", /no \/dev\/i2c-1; add dtparam=i2c_arm=on/));
  assert.deepEqual(await b.i2c.list(), []);
  assert.match((await i2cFindings(b.root.path))[0]?.fix ?? "", /dtparam=i2c_arm=on/);
});

test("a bus that may not be opened names the group", {
  skip: process.geteuid?.() === 0 && "root may open everything",
}, async () => {
  await using b = await bench({ "dev/i2c-1": "", "etc/group": `i2c:x:${process.getgid?.()}:\n` });
  await chmod(`${b.root.path}/dev/i2c-1`, 0o000);
  await assert.rejects(b.i2c.open(1), kind("permission", /usermod -aG i2c/));
});

test("the kernel's numbers become what a driver can act on", async () => {
  await using b = await bench({ "dev/i2c-1": "", "sys/class/i2c-dev/i2c-1/name": "bcm2835 (i2c@7e804000)\n" });
  await using bus = await b.i2c.open(1);
  const read = () => bus.transfer(0x48, [{ read: 1 }]);
  await assert.rejects(bus.transfer(0x49, [{ read: 1 }]), kind("nack", /i2c-1 0x49: no chip acknowledges.*EREMOTEIO/));
  for (const fault of ["arbitration", "timeout", "bus-stuck"] as const) {
    b.board.i2cBus(1).fault = fault;
    await assert.rejects(read(), kind(fault));
  }
  b.board.i2cBus(1).fault = undefined;
  // The BCM2835 ends with EIO when its clock-stretch timer ran out.
  b.fake.slaveFailures.set(0x48, "EIO");
  await assert.rejects(read(), kind("timeout"));
  b.fake.slaveFailures.set(0x48, "ENODEV");
  await assert.rejects(read(), kind("nack"), "the bus is still there, so the chip is missing");
});

test("an address that a driver of the kernel owns is refused by name, before anything is sent", async () => {
  await using b = await bench({ "dev/i2c-1": "", "sys/bus/i2c/drivers/rtc-ds1307/bind": "" });
  await b.root.link("sys/bus/i2c/devices/1-0068/driver", "sys/bus/i2c/drivers/rtc-ds1307");
  await using bus = await b.i2c.open(1);
  await assert.rejects(bus.transfer(0x68, [{ read: 1 }]), kind("busy", /kernel's driver rtc-ds1307/));
  assert.deepEqual(b.fake.calls, []);
});

test("users of one bus share its files, which close with the last one", async () => {
  await using b = await bench();
  const [first, second] = await Promise.all([b.i2c.open(1), b.i2c.open("/dev/i2c-1")]);
  assert.equal(b.fake.openBuses, 1);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await assert.rejects(first.transfer(0x48, [{ read: 1 }]), kind("disconnected", /released/));
  await second.transfer(0x48, [{ write: bytes(1, 2) }, { read: 1 }]);
  await second[Symbol.asyncDispose]();
  await settle();
  assert.equal(b.fake.openBuses, 0);
  assert.equal(b.board.open, 0, "the file for combined transactions is closed too");
  await using _ = await b.i2c.open(1);
  assert.equal(b.fake.openBuses, 1);
});

test("transactions pass one at a time; who gives up is free at once, and what waited is never sent", async () => {
  await using b = await bench();
  await using bus = await b.i2c.open(1);
  let release = () => {};
  b.fake.hold = new Promise((resolve) => {
    release = resolve;
  });
  const first = bus.transfer(0x48, [{ write: bytes(1) }]);
  const caller = new AbortController();
  const second = bus.transfer(0x48, [{ write: bytes(2) }], { signal: caller.signal });
  const third = bus.transfer(0x48, [{ write: bytes(3) }]);
  while (b.fake.calls.length === 0) await settle();
  caller.abort(new Error("gave up"));
  await assert.rejects(second, /gave up/);
  assert.deepEqual(b.fake.calls, ["i2cWrite"]);
  release();
  await Promise.all([first, third]);
  assert.deepEqual(b.fake.calls, ["i2cWrite", "i2cWrite"]);
});
