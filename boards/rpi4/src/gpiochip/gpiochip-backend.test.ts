import assert from "node:assert/strict";
import { test } from "node:test";
import { type EdgeEvent, HalError, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { KernelEmulator } from "../../test/kernel-emulator.ts";
import { Chip } from "./chip.ts";
import { gpiochipBackend } from "./gpiochip-backend.ts";

function bench() {
  const clock = new ManualClock();
  const kernel = new KernelEmulator({ now: () => 5_000_000_000n + BigInt(Math.round(clock.monotonic() * 1e6)) });
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (event: string, fields?: unknown) => void warnings.push([event, fields]) };
  const chip = new Chip(kernel, "/dev/gpiochip0");
  const backend = gpiochipBackend({ chip, syscalls: kernel, clock, log });
  return { clock, kernel, backend, warnings };
}

const halKind = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof HalError && error.kind === kind && pattern.test(error.message);

test("an output shows its initial level from the first instant on, active-low included", async () => {
  const { kernel, backend } = bench();
  await backend.output(17, { initial: true });
  await backend.output(18, { initial: false, activeLow: true });
  await backend.output(19, { initial: true, activeLow: true });
  assert.deepEqual(kernel.lines[17]?.history, [false, true]);
  assert.deepEqual(kernel.lines[18]?.history, [false, true]);
  assert.deepEqual(kernel.lines[19]?.history, [false]);
});

test("an output is driven and read back in terms of active, and keeps its level when it is let go", async () => {
  const { kernel, backend } = bench();
  const line = await backend.output(26, { activeLow: true, drive: "open-drain", consumer: "test" });
  assert.equal(kernel.lines[26]?.drive, "open-drain");
  assert.equal(kernel.lines[26]?.consumer, "test");
  await line.set(true);
  assert.equal(kernel.lines[26]?.high, false);
  assert.equal(await line.get(), true);
  await line[Symbol.asyncDispose]();
  await line[Symbol.asyncDispose]();
  assert.equal(kernel.lines[26]?.used, false);
  assert.equal(kernel.lines[26]?.high, false);
});

test("a line that somebody else holds is refused with the holder's name and what to do", async () => {
  const { kernel, backend } = bench();
  Object.assign(kernel.lines[8] ?? {}, { used: true, consumer: "spi0 CS0", output: true });
  Object.assign(kernel.lines[9] ?? {}, { used: true, consumer: "sysfs" });
  await assert.rejects(backend.output(8, {}), halKind("busy", /GPIO8.*"spi0 CS0" as an output.*config\.txt/));
  await assert.rejects(backend.input(9, {}), halKind("busy", /GPIO9.*"sysfs" as an input.*unexport/));
  assert.equal(await backend.holder(8), "spi0 CS0");
  assert.equal(await backend.holder(10), undefined);
});

test("pull, debounce and edges are asked of the kernel", async () => {
  const { kernel, backend } = bench();
  await backend.input(5, { pull: "up", debounceMs: 2.5 });
  await backend.input(6, { pull: "none" });
  await backend.input(7, {});
  assert.equal(kernel.lines[5]?.bias, "up");
  assert.equal(kernel.debounceUs(5), 2500);
  assert.equal(kernel.lines[6]?.bias, "none");
  assert.equal(kernel.lines[7]?.bias, undefined);
});

test("edges arrive in order with the kernel's time on the driver's clock", async () => {
  const { clock, kernel, backend } = bench();
  const line = await backend.input(5, { activeLow: true });
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  await clock.advance(10);
  kernel.drive(5, true);
  await clock.advance(5);
  kernel.drive(5, false);
  assert.deepEqual((await first).value, { active: false, monotonicMs: 10 });
  assert.deepEqual((await reader.next()).value, { active: true, monotonicMs: 15 });
  assert.equal(await line.get(), true);
});

test("only the wanted edge is reported", async () => {
  const { kernel, backend } = bench();
  const rising = (await backend.input(5, { edge: "rising" })).edges()[Symbol.asyncIterator]();
  const first = rising.next();
  kernel.drive(5, true);
  kernel.drive(5, false);
  kernel.drive(5, true);
  assert.equal(((await first).value as EdgeEvent).active, true);
  assert.equal(((await rising.next()).value as EdgeEvent).active, true);
});

test("edges from before anybody listened are not reported", async () => {
  const { clock, kernel, backend } = bench();
  const line = await backend.input(5, {});
  kernel.drive(5, true);
  await clock.advance(1);
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  await clock.advance(1);
  kernel.drive(5, false);
  assert.deepEqual((await first).value, { active: false, monotonicMs: 2 });
});

test("any number of inputs is read by one thread, and outputs need none", async () => {
  const { kernel, backend } = bench();
  await backend.output(1, {});
  assert.equal(kernel.mostWaiting, 0);
  const readers = [];
  for (let offset = 2; offset < 28; offset++) {
    readers.push((await backend.input(offset, {})).edges()[Symbol.asyncIterator]());
  }
  const firsts = readers.map((reader) => reader.next());
  await settle();
  for (let offset = 2; offset < 28; offset++) kernel.drive(offset, true);
  for (const first of firsts) assert.equal(((await first).value as EdgeEvent).active, true);
  assert.equal(kernel.mostWaiting, 1);
});

test("edges that the kernel had to drop are counted in the log, and the newest one is kept", async () => {
  const { kernel, backend, warnings } = bench();
  const line = await backend.input(5, {});
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  kernel.drive(5, true);
  await first;
  for (let index = 0; index < 40; index++) kernel.drive(5, index % 2 === 1);
  await settle();
  const stop = new AbortController();
  let last: boolean | undefined;
  for (let index = 0; index < 16; index++) last = ((await reader.next()).value as EdgeEvent).active;
  stop.abort();
  assert.equal(last, true);
  assert.deepEqual(warnings, [["gpio.edges.lost", { line: "GPIO5", lost: 24 }]]);
});

test("a line is closed only when nobody waits on it any more", async () => {
  const { kernel, backend } = bench();
  const line = await backend.input(5, {});
  const other = await backend.input(6, {});
  const waiting = line.edges()[Symbol.asyncIterator]().next();
  const going = other.edges()[Symbol.asyncIterator]().next();
  await settle();
  const ended = assert.rejects(waiting, halKind("disconnected", /GPIO5 was closed/));
  await line[Symbol.asyncDispose]();
  await ended;
  assert.equal(kernel.lines[5]?.used, false);
  assert.deepEqual(kernel.closedWhilePolled, []);
  kernel.drive(6, true);
  assert.equal(((await going).value as EdgeEvent).active, true);
});

test("a chip that is unplugged ends its readers and refuses everything else as disconnected", async () => {
  const { kernel, backend } = bench();
  const input = await backend.input(5, {});
  const output = await backend.output(6, {});
  const waiting = input.edges()[Symbol.asyncIterator]().next();
  const ended = assert.rejects(waiting, halKind("disconnected", /GPIO5/));
  await settle();
  kernel.unplug();
  await ended;
  await assert.rejects(output.set(true), halKind("disconnected", /GPIO6 on \/dev\/gpiochip0/));
  await assert.rejects(async () => input.get(), halKind("disconnected", /GPIO5/));
});

test("closing the board leaves no file open", async () => {
  const { kernel, backend } = bench();
  const line = await backend.input(5, {});
  const waiting = line.edges()[Symbol.asyncIterator]().next();
  const ended = assert.rejects(waiting, HalError);
  await settle();
  await line[Symbol.asyncDispose]();
  await ended;
  await backend[Symbol.asyncDispose]();
  assert.equal(kernel.openFiles, 0);
  assert.equal(kernel.waiting, 0);
});
