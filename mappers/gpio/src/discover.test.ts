import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board, Discovered } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { gpio } from "./gpio.ts";

async function discover(board: Board, options?: object): Promise<Discovered[]> {
  const found: Discovered[] = [];
  assert.ok(gpio.discover);
  const environment = { board, clock: new ManualClock(), signal: new AbortController().signal };
  for await (const one of gpio.discover.find(options, environment)) found.push(one);
  return found;
}

test("every line is told with its holder, and no line is claimed or proposed", async () => {
  const board = new SimBoard();
  await using _ = await board.gpio.output(17, { consumer: "default/lamp power" });
  const before = board.held();
  const found = await discover(board);
  assert.equal(found.length, 28);
  assert.deepEqual(found[17], {
    name: "GPIO17",
    description: "GPIO17 is held by default/lamp power",
    confidence: 1,
    facts: { state: "used", holder: "default/lamp power" },
  });
  assert.deepEqual(found[18]?.facts, { state: "free" });
  assert.ok(found.every(({ model }) => model === undefined));
  assert.deepEqual(board.held(), before);
});

test("chosen lines that are free become devices that can be opened, inputs unless outputs are wanted", async () => {
  const board = new SimBoard();
  await using _ = await board.gpio.output(27, { consumer: "somebody" });
  const [input, used] = await discover(board, { pins: "17, GPIO27" });
  assert.deepEqual([input?.name, input?.model?.name, used?.model], ["GPIO17", "gpio-input", undefined]);
  const [output] = await discover(board, { pins: "17", as: "output" });
  assert.ok(output?.model && output.visitors);
  await using device = await gpio
    .serve(output.model)
    .open({ visitors: output.visitors }, { board, clock: new ManualClock() });
  await device.write("active", true);
  assert.equal(board.line(17).high, true);
});

test("a pin that does not exist, and a board that cannot tell, are said clearly", async () => {
  await assert.rejects(discover(new SimBoard(), { pins: "GPIO99" }), /no pin "GPIO99"; use GPIO0 to GPIO27/);
  const board = new SimBoard();
  const { lines: _, ...mute } = board.gpio;
  const blind = { name: "old board", gpio: mute, pwm: board.pwm, i2c: board.i2c, serial: board.serial } as Board;
  await assert.rejects(discover(blind), {
    code: "CONFIG_INVALID",
    message: "old board cannot tell who holds its lines",
  });
});
