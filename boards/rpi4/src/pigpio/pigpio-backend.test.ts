import assert from "node:assert/strict";
import { test } from "node:test";
import { HalError } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { FakePigpio } from "../../test/fake-pigpio.ts";
import { pigpioBackend } from "./pigpio-backend.ts";
import { openPigpioPwm } from "./pigpio-pwm.ts";

const halKind = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof HalError && error.kind === kind && pattern.test(error.message);

function bench() {
  const clock = new ManualClock();
  const pigpio = new FakePigpio();
  return { clock, pigpio, backend: pigpioBackend({ pigpio, clock }) };
}

test("an output gets its level before it becomes an output, so that the line never shows another", async () => {
  const { pigpio, backend } = bench();
  const line = await backend.output(17, { initial: true, activeLow: true });
  assert.deepEqual(pigpio.line(17).calls, ["write 0", "mode 1"]);
  await line.set(false);
  assert.equal(pigpio.line(17).level, 1);
  assert.equal(await line.get(), false);
});

test("an input is pulled, filtered and watched only while somebody listens", async () => {
  const { clock, pigpio, backend } = bench();
  const line = await backend.input(5, { pull: "up", debounceMs: 20, edge: "rising" });
  assert.deepEqual(pigpio.line(5).calls, ["mode 0", "pull 2", "glitch 20000"]);
  const reader = line.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  await clock.advance(3);
  pigpio.line(5).drive(0);
  pigpio.line(5).drive(2);
  pigpio.line(5).drive(1);
  assert.deepEqual((await first).value, { active: true, monotonicMs: 3 });
  await reader.return?.();
  assert.equal(pigpio.line(5).alerts, false);
});

test("what pigpio cannot do is refused with another way", async () => {
  const { backend } = bench();
  await assert.rejects(backend.output(5, { drive: "open-drain" }), halKind("unsupported", /open-drain.*gpiochip/));
  await assert.rejects(backend.input(5, { debounceMs: 301 }), halKind("unsupported", /up to 300 ms, not 301/));
});

test("PWM uses the chip's unit where the line has one", async () => {
  const { pigpio } = bench();
  const output = openPigpioPwm(pigpio, { line: 18, options: { frequencyHz: 25_000, initialDuty: 0.25 } });
  await output.setDuty(0.5);
  assert.deepEqual(pigpio.line(18).calls, ["hardware 25000 Hz 250000", "hardware 25000 Hz 500000"]);
  assert.equal(await output.duty(), 0.5);
});

test("PWM by DMA takes a near frequency, refuses one that is not, and turns active-low around", async () => {
  const { pigpio } = bench();
  const output = openPigpioPwm(pigpio, { line: 17, options: { frequencyHz: 1050, activeLow: true } });
  assert.deepEqual(pigpio.line(17).calls, ["pwm 40000/40000"]);
  await output.setDuty(0.25);
  assert.equal(await output.duty(), 0.25);
  await output[Symbol.asyncDispose]();
  assert.deepEqual(pigpio.line(17).calls.slice(-2), ["write 1", "mode 1"]);
  const refused = () => openPigpioPwm(pigpio, { line: 4, options: { frequencyHz: 3000 } });
  assert.throws(refused, halKind("unsupported", /cannot do 3000 Hz.*nearest is (2000|4000) Hz.*GPIO12/));
});

test("a duty or frequency that is none is refused", () => {
  const { pigpio } = bench();
  const open = (options: { frequencyHz: number; initialDuty?: number }) => () =>
    openPigpioPwm(pigpio, { line: 18, options });
  assert.throws(open({ frequencyHz: 0 }), halKind("unsupported", /0 is no frequency/));
  assert.throws(open({ frequencyHz: 50, initialDuty: 50 }), halKind("unsupported", /duty of 50 is impossible/));
});
