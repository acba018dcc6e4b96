/** Runs with i2c-shim.c preloaded: the board, the real i2c-bus library, the ioctl and Debian's tools on emulated chips. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type ExplainingBoard, openBoard } from "@edgetwin/board-rpi4";
import { findChips, i2c } from "@edgetwin/mapper-i2c";
import { attachChip, type SimBme280, type SimTmp102 } from "@edgetwin/mapper-i2c/testing";
import { systemClock as clock, defineModel, HalError, p } from "@edgetwin/mapper-sdk";
import { type I2cChip, SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { serveBus } from "./serve-bus.ts";

const root = process.argv[2] as string;
const sim = new SimBoard({ clock });
const run = promisify(execFile);
let board: ExplainingBoard;
let server: AsyncDisposable;
let bme280: SimBme280;
let tmp102: SimTmp102;

/** What the board looks at before it opens a bus, besides `dev/i2c-1`, which the shim keeps from being written; GPIO is there by name only. */
const files = {
  "sys/class/i2c-dev/i2c-1/name": "bcm2835 (i2c@7e804000)\n",
  "sys/class/gpio/export": "",
  "sys/class/gpio/gpiochip512/label": "pinctrl-bcm2711\n",
  "sys/class/gpio/gpiochip512/base": "512\n",
  "sys/class/gpio/gpiochip512/ngpio": "58\n",
};

before(async () => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), text);
  }
  bme280 = attachChip(sim, "bme280", { clock }).chip;
  tmp102 = attachChip(sim, "tmp102", { clock }).chip;
  for (const name of ["mcp23017", "sht31", "ds3231", "at24c", "pca9685"] as const) attachChip(sim, name, { clock });
  server = await serveBus(await sim.i2c.open(1), process.env.I2C_SHIM_SOCKET as string);
  board = await openBoard({ clock, root, backend: "sysfs" });
});

after(async () => {
  await board[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** The last transactions that reached the chips. */
const reached = (count: number) => sim.faults.trace.slice(-count);

test("every shape of transaction reaches the chip as one, through the library or I2C_RDWR", async () => {
  await using bus = await board.i2c.open(1);
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const [temperature] = await bus.transfer(0x48, [{ write: bytes(0) }, { read: 2 }]);
  assert.deepEqual(temperature, bytes(0x15, 0x80));
  await bus.transfer(0x48, [{ write: bytes(2, 0x4b, 0x00) }]);
  assert.deepEqual(await bus.transfer(0x48, [{ read: 2 }]), [bytes(0x4b, 0x00)]);
  const [id] = await bus.transfer(0x76, [{ write: bytes(0xd0) }, { read: 40 }]);
  assert.equal(id?.[0], 0x60);
  await bus.transfer(0x48, [{ write: bytes() }]);
  const both = await bus.transfer(0x76, [{ write: bytes(0xd0) }, { read: 1 }, { write: bytes(0x88) }, { read: 2 }]);
  assert.deepEqual(both, [bytes(0x60), bytes(0x70, 0x6b)]);
  assert.deepEqual(reached(6), [
    "i2c-1 0x48 write 00, read 2",
    "i2c-1 0x48 write 02 4b 00",
    "i2c-1 0x48 read 2",
    "i2c-1 0x76 write d0, read 40",
    "i2c-1 0x48 write",
    "i2c-1 0x76 write d0, read 1, write 88, read 2",
  ]);
});

test("ten-bit addresses are addresses of their own", async () => {
  const chip: I2cChip = { write: () => {}, read: (length) => new Uint8Array(length).fill(7) };
  const detach = sim.i2cBus(1).attach(0x248, chip, { tenBit: true });
  await using bus = await board.i2c.open(1);
  assert.deepEqual(await bus.transfer(0x248, [{ read: 3 }], { tenBit: true }), [Uint8Array.of(7, 7, 7)]);
  detach();
  await assert.rejects(bus.transfer(0x248, [{ read: 3 }], { tenBit: true }), { kind: "nack" });
});

test("the numbers of the kernel are told as what went wrong, by both ways", async () => {
  await using bus = await board.i2c.open(1);
  for (const read of [2, 40]) {
    const ask = (address: number) => bus.transfer(address, [{ write: Uint8Array.of(0) }, { read }]);
    await assert.rejects(
      ask(0x33),
      (error) => error instanceof HalError && error.kind === "nack" && /i2c-1 0x33/.test(error.message),
    );
    for (const fault of ["arbitration", "timeout", "bus-stuck"] as const) {
      sim.i2cBus(1).fault = fault;
      await assert.rejects(ask(0x76), { kind: fault });
    }
    sim.i2cBus(1).fault = undefined;
    await ask(0x76);
  }
});

test("thousands of transactions survive the collector, which must not move what the kernel reads", async () => {
  await using bus = await board.i2c.open(1);
  for (let count = 0; count < 4000; count++) {
    const both = await bus.transfer(0x76, [
      { write: Uint8Array.of(0xd0) },
      { read: 1 },
      { write: Uint8Array.of(0x88) },
      { read: 2 },
    ]);
    if (count % 500 === 0) assert.deepEqual(both, [Uint8Array.of(0x60), Uint8Array.of(0x70, 0x6b)]);
    // Garbage for a collection every few dozen transactions.
    Array.from({ length: 2000 }, (_, index) => ({ index }));
  }
});

test("a bus that hangs holds nobody up but who waits for it, and not the event loop", async () => {
  await using bus = await board.i2c.open(1);
  sim.faults.stall();
  const given = [1, 2, 3, 4, 5, 6].map(() => bus.transfer(0x76, [{ write: Uint8Array.of(0xd0) }, { read: 40 }]));
  let longest = 0;
  for (let tick = 0, last = clock.monotonic(); tick < 50; tick++) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = clock.monotonic();
    longest = Math.max(longest, now - last);
    last = now;
  }
  assert.ok(longest < 50, `${longest} ms`);
  // Six wait for the bus, and the thread pool of four still opens files.
  await writeFile(join(root, "still-works"), "yes");
  sim.faults.resume();
  assert.equal((await Promise.all(given)).length, 6);
});

test("the mapper measures through the library, and names the chips that are there", async () => {
  bme280.setClimate({ temperature: 21.5, pressure: 1000, humidity: 50 });
  const model = defineModel("climate", { temperature: p.float(), humidity: p.float() });
  const config = { connection: { chip: "bme280" }, visitors: { temperature: {}, humidity: {} } };
  await using device = await i2c.serve(model).open(config, { board, clock });
  assert.equal((await device.read("temperature")).toFixed(1), "21.5");
  assert.equal((await device.read("humidity")).toFixed(0), "50");
  await using bus = await board.i2c.open(1);
  const found = [];
  for await (const { candidates } of findChips(bus, { clock, signal: new AbortController().signal })) {
    found.push(candidates[0]?.chip.name);
  }
  assert.deepEqual(found, ["mcp23017", "pca9685", "sht31", "tmp102", "at24c", "ds3231", "bme280"]);
});

test("i2cdetect finds the chips that are there", async () => {
  const { stdout } = await run("/usr/sbin/i2cdetect", ["-y", "1"]).catch(needed);
  const found = [...stdout.matchAll(/(?<=\s)[0-9a-f]{2}(?=\s)(?!:)/g)].map(([text]) => text);
  assert.deepEqual(found.slice(-7), ["20", "40", "44", "48", "50", "68", "76"]);
  assert.ok(stdout.includes("70: -- -- -- -- -- -- 76 --"), stdout);
});

test("i2cdump, i2cget, i2cset and i2ctransfer agree with the emulators about every register", async () => {
  const { stdout } = await run("/usr/sbin/i2cdump", ["-y", "1", "0x76", "b"]).catch(needed);
  const dumped = stdout
    .split("\n")
    .slice(1)
    .flatMap((line) =>
      line
        .slice(4, 4 + 16 * 3)
        .trim()
        .split(" "),
    )
    .filter((text) => /^[0-9a-f]{2}$/.test(text));
  assert.deepEqual(
    dumped,
    [...bme280.cells].map((cell) => cell.toString(16).padStart(2, "0")),
  );

  tmp102.temperature = -25;
  const get = async (...arguments_: string[]) =>
    (await run("/usr/sbin/i2cget", ["-y", "1", ...arguments_])).stdout.trim();
  // -25 degrees are e7 00 (SBOS397, table 4); a word of SMBus has the low byte first.
  assert.equal(await get("0x48", "0x00", "w"), "0x00e7");

  await run("/usr/sbin/i2cset", ["-y", "1", "0x20", "0x00", "0xf0"]);
  assert.equal(await get("0x20", "0x00"), "0xf0");
  const transferred = await run("/usr/sbin/i2ctransfer", ["-y", "1", "w2@0x44", "0xf3", "0x2d", "r3"]);
  assert.equal(transferred.stdout.trim(), "0x00 0x00 0x81");
});

function needed(cause: unknown): never {
  throw new Error("needs i2c-tools; on Debian: sudo apt install i2c-tools", { cause });
}
