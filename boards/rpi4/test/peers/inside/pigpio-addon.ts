/** Runs with the npm package pigpio, its real add-on, and a libpigpio without a Raspberry Pi. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { type EdgeEvent, systemClock } from "@edgetwin/mapper-sdk";
import koffi from "koffi";
import { openBoard } from "../../../src/open-board.ts";
import { loadPigpio } from "../../../src/pigpio/load-pigpio.ts";
import { nativePorts } from "../../../src/ports.ts";

const library = koffi.load("libpigpio.so.1");
const drive = library.func("void fake_drive(uint32_t gpio, int level)") as (gpio: number, level: number) => void;
const lineOf = library.func("int fake_line(uint32_t gpio, uint32_t what)") as (gpio: number, what: number) => number;
const interfaces = library.func("uint32_t fake_interfaces()") as () => number;
const initialised = library.func("int fake_initialised()") as () => number;
const what = { mode: 0, pull: 1, level: 2, steady: 3, duty: 4, range: 5, frequency: 6, hardware: 7 } as const;
const wire = (gpio: number, name: keyof typeof what) => lineOf(gpio, what[name]);

const ports = { ...nativePorts, pigpio: () => loadPigpio(process.env.PIGPIO_FROM) };
const open = () => openBoard({ clock: systemClock, backend: "pigpio" }, ports);

test("the library starts without a socket or a pipe, and keeps the process's signal handlers", async () => {
  const terminated = once(process, "SIGTERM");
  await using _ = await open();
  assert.equal(initialised(), 1);
  assert.equal(interfaces(), 3, "PI_DISABLE_FIFO_IF and PI_DISABLE_SOCK_IF");
  // A signal handler alone does not keep the event loop turning.
  using _turning = systemClock.after(30_000, () => {});
  process.kill(process.pid, "SIGTERM");
  await terminated;
});

test("closing the board terminates the library, and it can be opened again", async () => {
  await (await open())[Symbol.asyncDispose]();
  assert.equal(initialised(), 0);
  await using board = await open();
  await using line = await board.gpio.output(17, { initial: true });
  assert.equal(await line.get(), true);
});

test("outputs are driven and inputs pulled and filtered", async () => {
  await using board = await open();
  await using lamp = await board.gpio.output("pin 37", { initial: false, activeLow: true });
  assert.deepEqual([wire(26, "mode"), wire(26, "level")], [1, 1]);
  await lamp.set(true);
  assert.equal(wire(26, "level"), 0);
  await using button = await board.gpio.input(5, { pull: "up", debounceMs: 5 });
  assert.deepEqual([wire(5, "mode"), wire(5, "pull"), wire(5, "steady")], [0, 2, 5000]);
  assert.equal(await button.get(), true);
});

test("100 alerts from the library's thread arrive with their levels", async () => {
  await using board = await open();
  await using button = await board.gpio.input(6);
  const edges = button.edges()[Symbol.asyncIterator]();
  for (let count = 0; count < 100; count++) {
    const next = edges.next();
    drive(6, (count + 1) % 2);
    assert.equal(((await next).value as EdgeEvent).active, count % 2 === 0);
  }
  await edges.return?.();
});

test("PWM runs by DMA on any line and by the PWM unit where there is one", async () => {
  await using board = await open();
  await using dimmer = await board.pwm.output(17, { frequencyHz: 1000, initialDuty: 0.25 });
  assert.deepEqual([wire(17, "duty"), wire(17, "range"), wire(17, "frequency")], [10_000, 40_000, 1000]);
  await dimmer.setDuty(0.5);
  assert.equal(await dimmer.duty(), 0.5);
  await using fan = await board.pwm.output(18, { frequencyHz: 25_000, initialDuty: 0.75 });
  assert.deepEqual([wire(18, "duty"), wire(18, "frequency"), wire(18, "hardware")], [750_000, 25_000, 1]);
  assert.equal(await fan.duty(), 0.75);
});
