/** Runs inside gpio-sysfs: the board, the real onoff library and its native poller against files that interrupt. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openBoard } from "@edgetwin/board-rpi4";
import { type EdgeEvent, HalError, systemClock } from "@edgetwin/mapper-sdk";

const base = Number(process.env.GPIO_BASE);
const wire = (line: number) => `/sys/class/gpio/wire/${base + line}`;
const level = async (line: number) => (await readFile(wire(line), "utf8")).trim();
const drive = (line: number, high: boolean) => writeFile(wire(line), high ? "1" : "0");
const open = () => openBoard({ clock: systemClock });

test("the board takes sysfs when there is no character device, and says so", async () => {
  await using board = await open();
  const sysfs = (await board.explain()).find(({ check }) => check === "gpio sysfs");
  assert.equal(sysfs?.message, `/sys/class/gpio (pinctrl-bcm2711, numbers from ${base}): first that works`);
});

test("outputs show their initial level, are driven, read back and let go of", async () => {
  await using board = await open();
  const line = await board.gpio.output("wiringPi 25", { initial: true, activeLow: true });
  assert.equal(await level(26), "0");
  assert.equal(await line.get(), true);
  await line.set(false);
  assert.equal(await level(26), "1");
  await line[Symbol.asyncDispose]();
  await assert.rejects(readFile(`/sys/class/gpio/gpio${base + 26}/value`), { code: "ENOENT" });
  assert.equal(await level(26), "1", "the wire keeps its level");
});

test("a line left behind by a killed agent is taken over without a change on the wire", async () => {
  await writeFile("/sys/class/gpio/export", String(base + 16));
  await writeFile(`/sys/class/gpio/gpio${base + 16}/direction`, "high");
  await using board = await open();
  await using line = await board.gpio.output(16, { initial: true });
  assert.equal(await line.get(), true);
});

test("200 interrupts arrive, each with the level that caused it", async () => {
  await using board = await open();
  await using line = await board.gpio.input(5, { activeLow: true });
  const edges = line.edges()[Symbol.asyncIterator]();
  for (let count = 0; count < 200; count++) {
    const next = edges.next();
    await drive(5, count % 2 === 0);
    assert.equal(((await next).value as EdgeEvent).active, count % 2 !== 0);
  }
  await edges.return?.();
});

test("six bounces within the debounce time are one edge", async () => {
  await using board = await open();
  await using line = await board.gpio.input(6, { debounceMs: 30 });
  const edges = line.edges()[Symbol.asyncIterator]();
  const first = edges.next();
  for (let count = 0; count < 7; count++) await drive(6, count % 2 === 0);
  assert.equal(((await first).value as EdgeEvent).active, true);
  const second = edges.next();
  await drive(6, false);
  assert.equal(((await second).value as EdgeEvent).active, false);
  await edges.return?.();
});

test("one line cannot be opened twice", async () => {
  await using board = await open();
  await using _ = await board.gpio.input(7, { consumer: "door" });
  await assert.rejects(
    board.gpio.output("CE1"),
    (error: unknown) => error instanceof HalError && error.kind === "busy" && /held by door/.test(error.message),
  );
});
