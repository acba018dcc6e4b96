import assert from "node:assert/strict";
import { test } from "node:test";
import { mcp23017Expander, withExpanders } from "@edgetwin/mapper-i2c";
import { attachChip } from "@edgetwin/mapper-i2c/testing";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";

function world() {
  const clock = new ManualClock();
  const sim = new SimBoard({ clock });
  const { chip } = attachChip(sim, "mcp23017", { clock });
  const board = withExpanders(sim, [{ name: "MCP0", address: 0x20 }], { clock });
  return { clock, sim, chip, board };
}

test("lines of an expander are lines of the board, beside its own", async () => {
  const { sim, chip, board } = world();
  assert.equal(board.gpio.lineName("mcp0: a3"), "MCP0:A3");
  assert.equal(board.gpio.lineName(17), "GPIO17");
  await using relay = await board.gpio.output("MCP0:A3", { initial: true, activeLow: true, consumer: "relay" });
  assert.equal(chip.level("A3"), false);
  await relay.set(false);
  assert.equal(chip.level("A3"), true);
  assert.equal(await relay.get(), false);
  await using lamp = await board.gpio.output(17, { initial: true });
  assert.equal(await lamp.get(), true);
  await assert.rejects(board.gpio.output("MCP0:A3"), { kind: "busy", message: /held by relay/ });
  await assert.rejects(board.gpio.output("MCP0:C3"), { kind: "unknown", message: /MCP0 has no line "C3"/ });
  assert.deepEqual(sim.held(), ["GPIO17", "i2c-1"]);
});

test("lists its lines with who holds them, behind those of the board", async () => {
  const { sim, board } = world();
  await using _ = await board.gpio.output("MCP0:B7", { consumer: "relay" });
  const lines = (await board.gpio.lines?.()) ?? [];
  const own = (await sim.gpio.lines?.()) ?? [];
  assert.equal(lines.length, own.length + 16);
  assert.deepEqual(lines.at(-1), { name: "MCP0:B7", labels: [], holder: "relay" });
});

test("the extension checks its settings and names each that is wrong", () => {
  const { sim, clock } = world();
  const where = "board.extensions.0.settings";
  assert.throws(() => mcp23017Expander.extend(sim, { adress: 0x21 }, { clock, where }), {
    code: "CONFIG_INVALID",
    message: /board\.extensions\.0\.settings\.adress: .*did you mean "address"/,
  });
  const board = mcp23017Expander.extend(sim, { name: "MCP0", address: "0x21" }, { clock });
  assert.equal(board.gpio.lineName("mcp0:a0"), "MCP0:A0");
});

test("the bus is let go of with the last line, once", async () => {
  const { sim, board } = world();
  const lines = [await board.gpio.output("MCP0:A0"), await board.gpio.input("MCP0:B1", { pull: "up" })];
  await lines[0]?.[Symbol.asyncDispose]();
  assert.equal(sim.open, 1);
  await lines[1]?.[Symbol.asyncDispose]();
  await lines[1]?.[Symbol.asyncDispose]();
  assert.equal(sim.open, 0);
  assert.deepEqual(sim.faults.misuse, []);
  await using again = await board.gpio.input("MCP0:A0");
  assert.equal(await again.get(), false);
});

test("edges of an input are seen by looking at it, only while somebody watches", async () => {
  const { clock, sim, chip, board } = world();
  await using button = await board.gpio.input("MCP0:B0", { pull: "up", activeLow: true });
  const quiet = sim.faults.count;
  await clock.advance(1000);
  assert.equal(sim.faults.count, quiet);
  const edges = button.edges()[Symbol.asyncIterator]();
  const first = edges.next();
  await clock.advance(100);
  chip.outside.set("B0", false);
  await clock.advance(100);
  assert.equal((await first).value.active, true);
  const second = edges.next();
  chip.outside.set("B0", true);
  await clock.advance(100);
  assert.equal((await second).value.active, false);
  await edges.return?.();
  await clock.advance(100);
  const after = sim.faults.count;
  await clock.advance(1000);
  assert.equal(sim.faults.count, after);
});

test("what an expander cannot do is refused with the way out, and a missing chip leaves nothing open", async () => {
  const { sim, board, clock } = world();
  await assert.rejects(board.gpio.input("MCP0:A0", { pull: "down" }), { kind: "unsupported", message: /no pull-down/ });
  await assert.rejects(board.gpio.output("MCP0:A0", { drive: "open-drain" }), { kind: "unsupported" });
  assert.throws(() => withExpanders(sim, [{ name: "A:B" }], { clock }), { code: "CONFIG_INVALID" });
  assert.throws(() => withExpanders(board, [{ name: "mcp0" }], { clock }), {
    code: "CONFIG_INVALID",
    message: /two expanders are named mcp0/,
  });
  const missing = withExpanders(sim, [{ name: "MCP1", address: 0x21 }], { clock });
  await assert.rejects(clock.runUntil(missing.gpio.output("MCP1:A0")), { kind: "nack" });
  assert.equal(sim.open, 0);
});
