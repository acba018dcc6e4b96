import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HalError } from "../hal.ts";
import { ManualClock, settle } from "./manual-clock.ts";
import { SimBoard } from "./sim-board.ts";

describe("pins", () => {
  test("are named by number or name, and others are refused without touching the board", async () => {
    const { gpio, faults } = new SimBoard();
    for (const pin of [17, "17", "GPIO17", " gpio17 "]) assert.equal(gpio.lineName(pin), "GPIO17");
    for (const pin of [28, -1, "GPIO99", "red", ""]) {
      assert.throws(() => gpio.lineName(pin), { name: "HalError", kind: "unknown", message: /use GPIO0 to GPIO27/ });
    }
    await assert.rejects(gpio.output(28), { kind: "unknown" });
    assert.equal(faults.count, 0);
  });

  test("may be named by a resolver of the board's own", async () => {
    const board = new SimBoard({ name: "toy", pins: (pin) => `P${pin}` });
    assert.equal(board.name, "toy");
    await board.gpio.output("red");
    assert.deepEqual(
      board.lines().map(({ name }) => name),
      ["Pred"],
    );
  });
});

describe("an output", () => {
  test("shows its initial level from the first instant on, active-low or not", async () => {
    const board = new SimBoard();
    const seen: boolean[] = [];
    board.line(17).onChange((high) => seen.push(high));
    await board.gpio.output(17, { activeLow: true });
    await board.gpio.output(27, { initial: true });
    assert.deepEqual(seen, [true]);
    assert.equal(board.line(27).high, true);
  });

  test("reads back what it drives, and cannot be driven from outside", async () => {
    const board = new SimBoard();
    const lamp = await board.gpio.output(17, { activeLow: true });
    await lamp.set(true);
    assert.equal(await lamp.get(), true);
    assert.equal(board.line(17).high, false);
    board.line(17).drive(true);
    assert.equal(board.line(17).high, false);
  });

  test("is held by one driver at a time, and named when somebody else asks", async () => {
    const board = new SimBoard();
    const lamp = await board.gpio.output(17, { consumer: "default/lamp" });
    assert.equal(board.open, 1);
    await assert.rejects(
      board.gpio.input(17),
      new HalError("busy", "GPIO17 is already held by default/lamp; give one of the two another pin"),
    );
    await lamp[Symbol.asyncDispose]();
    assert.equal(board.open, 0);
    await board.gpio.input(17);
  });

  test("keeps its level when it is released, and cannot be used after that", async () => {
    const board = new SimBoard();
    const lamp = await board.gpio.output(17, { initial: true });
    await lamp[Symbol.asyncDispose]();
    assert.equal(board.line(17).high, true);
    await assert.rejects(lamp.set(false), { kind: "disconnected" });
    assert.equal(board.line(17).high, true);
  });

  test("that is released twice is misuse, and does not take the line from its next holder", async () => {
    const board = new SimBoard();
    const first = await board.gpio.output(17);
    await first[Symbol.asyncDispose]();
    const second = await board.gpio.output(17, { consumer: "second" });
    await first[Symbol.asyncDispose]();
    assert.equal(board.line(17).holder, "second");
    assert.deepEqual(board.faults.misuse, ["GPIO17 was released twice"]);
    await second.set(true);
  });
});

describe("an input", () => {
  test("shows the pull resistor until something stronger drives the wire", async () => {
    const board = new SimBoard();
    assert.equal(await (await board.gpio.input(2, { pull: "up" })).get(), true);
    board.line(3).drive(false);
    assert.equal(await (await board.gpio.input(3, { pull: "up" })).get(), false);
    board.line(4).drive(true);
    assert.equal(await (await board.gpio.input(4, { pull: "down", activeLow: true })).get(), false);
  });

  /** Collects edges in the background. */
  async function edgesOf(options: Parameters<SimBoard["gpio"]["input"]>[1]) {
    const clock = new ManualClock();
    const board = new SimBoard({ clock });
    const line = await board.gpio.input(22, options);
    const stop = new AbortController();
    const seen: { active: boolean; monotonicMs: number }[] = [];
    const ended = (async () => {
      for await (const edge of line.edges(stop)) seen.push(edge);
    })();
    await settle();
    return { board, clock, line, stop, seen, ended };
  }

  test("reports both edges with the time of the clock, until its signal aborts", async () => {
    const { board, clock, stop, seen, ended } = await edgesOf({});
    board.line(22).drive(true);
    await clock.advance(5);
    board.line(22).drive(false);
    await settle();
    stop.abort();
    await ended;
    assert.deepEqual(seen, [
      { active: true, monotonicMs: 0 },
      { active: false, monotonicMs: 5 },
    ]);
    assert.equal(board.line(22).listeners, 0);
  });

  test("reports only the edge it was asked for, as the driver sees it", async () => {
    const { board, stop, seen, ended } = await edgesOf({ edge: "rising", activeLow: true, pull: "up" });
    for (const high of [false, true, false]) board.line(22).drive(high);
    await settle();
    stop.abort();
    await ended;
    assert.deepEqual(
      seen.map(({ active }) => active),
      [true, true],
    );
  });

  test("ignores what does not last as long as its debounce time", async () => {
    const { board, clock, stop, seen, ended } = await edgesOf({ debounceMs: 10 });
    for (const high of [true, false, true]) {
      board.line(22).drive(high);
      await clock.advance(4);
    }
    assert.deepEqual(seen, []);
    await clock.advance(10);
    board.line(22).drive(false);
    await clock.advance(3);
    board.line(22).drive(true);
    await clock.advance(20);
    stop.abort();
    await ended;
    assert.deepEqual(seen, [{ active: true, monotonicMs: 18 }]);
    assert.equal(clock.timers, 0);
  });

  test("that is released under its watcher ends with an error", async () => {
    const { board, line, ended } = await edgesOf({});
    await line[Symbol.asyncDispose]();
    await assert.rejects(ended, { kind: "disconnected" });
    assert.equal(board.line(22).listeners, 0);
  });
});

test("a PWM output drives the share of the period, active-low or not, from the first instant on", async () => {
  const board = new SimBoard();
  const duties: number[] = [];
  const stop = board.line(18).onDuty((duty) => duties.push(duty));
  const fan = await board.pwm.output(18, { frequencyHz: 25_000, initialDuty: 0.75, activeLow: true });
  assert.deepEqual(duties, [0.25]);
  await fan.setDuty(0.5);
  assert.equal(await fan.duty(), 0.5);
  await fan.setDuty(0.5);
  stop();
  await fan.setDuty(1);
  assert.deepEqual(duties, [0.25, 0.5]);
  assert.equal(board.line(18).high, false);
});

test("taking the board down lets everything that stalls go on", async () => {
  const board = new SimBoard();
  board.faults.stall();
  const opening = board.gpio.output(17);
  await board[Symbol.asyncDispose]();
  await opening;
});
