import assert from "node:assert/strict";
import { test } from "node:test";
import { wireTimeMs } from "../hal/serial.ts";
import { HalError, type SerialPort } from "../index.ts";
import { ManualClock, SimBoard, type SimSerialPort, serialFaults, settle } from "./index.ts";

const path = "/dev/ttyUSB0";
const settings = { baudRate: 9600, parity: "even", consumer: "meter" } as const;
/** 11 bits per byte at 9600 baud. */
const byteMs = 11_000 / 9600;

interface Bench {
  readonly clock: ManualClock;
  readonly board: SimBoard;
  readonly far: SimSerialPort;
  readonly port: SerialPort;
}

/** A port whose far end answers every byte with the next one. */
async function bench(): Promise<Bench> {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  const far = board.serialPort(path, { stablePath: "/dev/serial/by-id/usb-FTDI_1" });
  far.attach({
    settings,
    receive: (bytes, wire) =>
      wire.send(
        bytes.map((byte) => byte + 1),
        { afterMs: 5 },
      ),
  });
  return { clock, board, far, port: await board.serial.open(path, settings) };
}

/** Everything that arrives until `ms` have passed after `bytes` were written. */
async function ask({ port, clock }: Bench, bytes: readonly number[], ms = 100): Promise<number[]> {
  const seen: number[] = [];
  const end = new AbortController();
  const reading = (async () => {
    for await (const chunk of port.bytes({ signal: end.signal })) seen.push(...chunk);
  })();
  await port.write(Uint8Array.from(bytes));
  await clock.advance(ms);
  end.abort();
  await reading;
  return seen;
}

test("bytes take their time on the wire, in both directions", async () => {
  const b = await bench();
  const reader = b.port.bytes()[Symbol.asyncIterator]();
  let answeredMs = 0;
  const answer = reader.next().then(({ value }) => {
    answeredMs = b.clock.monotonic();
    return value;
  });
  await b.port.write(Uint8Array.of(1, 2, 3, 4));
  let drainedMs = 0;
  const drained = b.port.drain().then(() => {
    drainedMs = b.clock.monotonic();
  });
  await b.clock.advance(50);
  await drained;
  assert.deepEqual(await answer, Uint8Array.of(2, 3, 4, 5));
  assert.ok(Math.abs(drainedMs - 4 * byteMs) < 1e-6);
  assert.ok(Math.abs(answeredMs - (8 * byteMs + 5)) < 1e-6);
  assert.equal(wireTimeMs(1, { baudRate: 9600 }), 10_000 / 9600);
  await reader.return?.();
});

test("a port has one holder, lets go once and is listed under both its names", async () => {
  const { board, port, far } = await bench();
  assert.deepEqual(await board.serial.list(), [{ path, stablePath: "/dev/serial/by-id/usb-FTDI_1" }]);
  await assert.rejects(board.serial.open("/dev/serial/by-id/usb-FTDI_1", settings), /busy|held by meter/);
  assert.deepEqual(board.held(), [path]);
  await port[Symbol.asyncDispose]();
  await assert.rejects(port.write(Uint8Array.of(1)), /released/);
  assert.equal(far.holder, undefined);
  assert.deepEqual(board.faults.misuse, []);
  await port[Symbol.asyncDispose]();
  assert.match(board.faults.misuse.join(), /released twice/);
});

test("an unplugged adapter fails readers and writers, and works again when it is back and reopened", async () => {
  const { board, far, port } = await bench();
  const reading = port.bytes()[Symbol.asyncIterator]().next();
  far.unplug();
  await assert.rejects(reading, { kind: "disconnected" });
  await assert.rejects(port.write(Uint8Array.of(1)), { kind: "disconnected" });
  await port[Symbol.asyncDispose]();
  await assert.rejects(
    board.serial.open(path, settings),
    (error) => error instanceof HalError && /no \/dev/.test(error.message),
  );
  far.plug();
  await using again = await board.serial.open(path, settings);
  await again.write(Uint8Array.of(1));
});

test("a line can be dead, truncate, corrupt and delay", async () => {
  const b = await bench();
  assert.deepEqual(await ask(b, [1, 2, 3]), [2, 3, 4]);
  b.far.disturbance = serialFaults.dead();
  assert.deepEqual(await ask(b, [1, 2, 3]), []);
  b.far.disturbance = serialFaults.truncated(2);
  assert.deepEqual(await ask(b, [1, 2, 3]), [2, 3]);
  b.far.disturbance = serialFaults.corrupted(-1);
  assert.deepEqual(await ask(b, [1, 2, 3]), [2, 3, 5]);
  b.far.disturbance = undefined;
  b.far.latencyMs = 200;
  assert.deepEqual(await ask(b, [1]), []);
  await b.clock.advance(200);
  assert.deepEqual(await ask({ ...b }, [], 0), [], "a late answer is not kept for the next reader");
});

test("another baud rate or parity is heard as noise", async () => {
  const { board, port, clock } = await bench();
  await port[Symbol.asyncDispose]();
  const wrong = await board.serial.open(path, { ...settings, parity: "none" });
  const reader = wrong.bytes()[Symbol.asyncIterator]();
  const first = reader.next();
  await wrong.write(Uint8Array.of(1));
  await clock.advance(50);
  assert.notDeepEqual((await first).value, Uint8Array.of(2));
});

test("a device may speak without being asked, also to nobody", async () => {
  const { far, port, clock } = await bench();
  far.send(Uint8Array.of(9));
  await clock.advance(50);
  const reader = port.bytes()[Symbol.asyncIterator]();
  const next = reader.next();
  await settle();
  assert.equal(far.listeners, 1);
  far.send(Uint8Array.of(7));
  await clock.advance(50);
  assert.deepEqual((await next).value, Uint8Array.of(7));
  await reader.return?.();
  assert.equal(far.listeners, 0);
});

test("faults count and break serial operations like those of lines", async () => {
  const { board, port } = await bench();
  board.faults.failAt(1);
  await assert.rejects(port.write(Uint8Array.of(1, 255)), /injected failure: \/dev\/ttyUSB0 write 01 ff/);
  board.faults.breakAll(/ttyUSB0/);
  await assert.rejects(port.drain(), { kind: "disconnected" });
});
