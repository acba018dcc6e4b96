import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { lampConfig, lampPlan, Rig } from "../../test/support/rig.ts";

describe("the device runner", () => {
  test("writes a desired value once and verifies it by reading back", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ red: "ON" });
    assert.equal(rig.board.line(17).high, true);
    assert.equal(rig.twin("red").progress?.phase, "verified");
    await rig.clock.advance(60_000);
    assert.deepEqual(rig.writes(17), ["true"]);
  });

  test("touches only the properties that differ", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ red: "ON", level: "5" });
    await rig.desire({ level: "6", red: "ON" });
    assert.deepEqual(rig.writes(17), ["true"]);
    assert.deepEqual(rig.writes(27), []);
  });

  test("ends at the last of many values that come while it writes", async () => {
    const rig = await Rig.start();
    await rig.run();
    const values = Array.from({ length: 21 }, (_, index) => (index % 2 === 0 ? "ON" : "OFF"));
    await Promise.all(values.map((value) => rig.desire({ red: value })));
    assert.equal(rig.board.line(17).high, true);
    assert.equal(rig.twin("red").progress?.phase, "verified");
    assert.equal(rig.twin("red").appliedVersion, rig.twin("red").desired?.version);
  });

  test("writes a value once while another property of the device waits for the card", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ level: "1" });
    const origin = { door: "rest", actor: "test" } as const;
    const at = rig.clock.now();
    const first = rig.engine.submit("default/light", { kind: "change", at, origin, desired: { red: { text: "ON" } } });
    rig.store.hold();
    const second = rig.engine.submit("default/light", {
      kind: "change",
      at,
      origin,
      desired: { level: { text: "2" } },
    });
    await first;
    await rig.clock.advance(0);
    assert.deepEqual(rig.writes(17), ["true"]);
    rig.store.letGo();
    await second;
    await rig.clock.advance(0);
    assert.deepEqual(rig.writes(17), ["true"]);
    assert.equal(rig.twin("level").progress?.phase, "verified");
    assert.equal(rig.twin("red").progress?.phase, "verified");
  });

  test("goes dark before it lights the other lamp, in whatever order the request names them", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ red: "ON" });
    let both = false;
    const watch = () => {
      both ||= rig.board.line(17).high && rig.board.line(27).high;
    };
    rig.board.line(17).onChange(watch);
    rig.board.line(27).onChange(watch);
    await rig.desire({ green: "ON", red: "OFF" });
    assert.deepEqual([rig.board.line(17).high, rig.board.line(27).high, both], [false, true, false]);
  });

  test("claims a lamp dark while the contradicting one may still be lit", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ green: "ON" });
    rig.board.faults.breakAll(/GPIO/);
    await rig.desire({ green: "OFF" });
    await rig.desire({ red: "ON" });
    let both = false;
    const watch = () => {
      both ||= rig.board.line(17).high && rig.board.line(27).high;
    };
    rig.board.line(17).onChange(watch);
    rig.board.line(27).onChange(watch);
    await rig.clock.advance(30_000);
    rig.board.faults.mend();
    await rig.clock.advance(120_000);
    assert.deepEqual([rig.board.line(17).high, rig.board.line(27).high, both], [true, false, false]);
  });

  test("holds a lamp back while the contradicting one cannot be switched off, and says so", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ red: "ON" });
    rig.board.faults.breakAll(/GPIO17 set false/);
    await rig.desire({ green: "ON", red: "OFF" });
    await rig.clock.advance(5_000);
    assert.equal(rig.board.line(27).high, false);
    assert.equal(rig.twin("red").progress?.phase, "failed");
    rig.board.faults.mend();
    await rig.clock.advance(120_000);
    assert.deepEqual([rig.board.line(17).high, rig.board.line(27).high], [false, true]);
    assert.equal(rig.twin("green").progress?.phase, "verified");
  });

  test("reads back first when the agent died between the write and its record", async () => {
    // Without an interlock: its outputs come up at their desired level.
    const { safety: _, ...shape } = lampPlan().shape;
    const plan = { ...lampPlan(), shape };
    const before = await Rig.start();
    await before.run("default/light", plan);
    await before.desire({ red: "ON" });
    // The process is gone: nothing was flushed, no line was released on purpose; the wire keeps its level.
    const { board, store } = before;
    board.line(17).holder = undefined;
    board.line(27).holder = undefined;
    board.faults.trace.length = 0;
    const after = await Rig.start({ store, board });
    await after.run("default/light", plan);
    await settle();
    assert.equal(after.twin("red").progress?.phase, "verified");
    assert.deepEqual(after.writes(17), []);
    assert.equal(board.line(17).high, true);
  });

  test("brings lines up at their desired level after a power cut, without a glitch", async () => {
    const before = await Rig.start();
    await before.run();
    await before.desire({ red: "ON" });
    const after = await Rig.start({ store: before.store });
    const levels: boolean[] = [];
    after.board.line(17).onChange((high) => levels.push(high));
    await after.run();
    assert.deepEqual(levels, [true]);
    assert.equal(after.twin("red").progress?.phase, "verified");
  });

  test("says that a device is away, marks its values as stale, and comes back by itself", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    rig.board.faults.breakAll(/GPIO/);
    await rig.clock.advance(120_000);
    assert.equal(runner.state.name, "waiting");
    assert.equal(rig.twin("red").reported?.quality, "stale");
    assert.equal(rig.engine.device("default/light")?.health.state, "offline");
    await rig.desire({ red: "ON" });
    rig.board.faults.mend();
    await rig.clock.advance(60_000);
    assert.equal(runner.state.name, "online");
    assert.equal(rig.board.line(17).high, true);
    assert.equal(rig.twin("red").progress?.phase, "verified");
    assert.equal(rig.twin("red").reported?.quality, "good");
  });

  test("waits for a pin that another device holds, names that device, and takes it when it is free", async () => {
    const rig = await Rig.start();
    const first = await rig.run("default/first");
    const second = await rig.run("default/second");
    assert.equal(second.state.name, "waiting");
    assert.match("reason" in second.state ? second.state.reason : "", /GPIO17 is already held by default\/first red/);
    assert.equal(first.state.name, "online");
    await first.close("test");
    await rig.clock.advance(60_000);
    assert.equal(second.state.name, "online");
  });

  test("refuses a configuration that cannot work and takes the next one", async () => {
    const rig = await Rig.start();
    const runner = await rig.run("default/light", lampPlan({ visitors: { red: { pin: 99 }, green: { pin: 27 } } }));
    assert.equal(runner.state.name, "refused");
    assert.equal(rig.board.open, 0);
    await runner.configure(lampPlan());
    await settle();
    assert.equal(runner.state.name, "online");
  });

  test("goes on untouched when only cycles change", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    const opened = rig.board.faults.trace.filter((line) => line.includes(" open ")).length;
    await runner.configure(lampPlan(lampConfig, 5_000));
    await rig.clock.advance(10_000);
    assert.equal(rig.board.faults.trace.filter((line) => line.includes(" open ")).length, opened);
  });

  test("a device that hangs delays no other device", async () => {
    const rig = await Rig.start();
    const other = new SimBoard();
    await rig.run("default/first");
    await rig.run("default/second", lampPlan(), other);
    rig.board.faults.stall();
    await rig.desire({ red: "ON" }, "default/first");
    await rig.desire({ red: "ON" }, "default/second");
    assert.equal(other.line(17).high, true);
    assert.equal(rig.twin("red", "default/first").progress?.phase, "applying");
    await rig.clock.advance(10_000);
    assert.equal(rig.twin("red", "default/first").progress?.phase, "failed");
    assert.equal(
      rig.twin("red", "default/first").progress?.reason,
      "red of default/first did not answer within 10000 ms",
    );
    rig.board.faults.resume();
  });

  test("drives the fail-safe values when it lets go of a device, and the desired ones when it has it again", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    await rig.desire({ red: "ON" });
    await runner.close("the agent stops");
    assert.equal(rig.board.line(17).high, false);
    assert.equal(rig.board.open, 0);
    const again = await Rig.start({ store: rig.store, board: rig.board });
    await again.run();
    assert.equal(rig.board.line(17).high, true);
  });

  test("drives the fail-safe values when a write keeps failing, and gives the desired ones back when it works", async () => {
    const rig = await Rig.start();
    await rig.run();
    await rig.desire({ green: "ON" });
    rig.board.faults.breakAll(/GPIO17 set true/);
    await rig.desire({ green: "OFF", red: "ON" });
    await rig.clock.advance(4_000);
    assert.equal(rig.board.line(27).high, false);
    assert.match(rig.twin("red").progress?.reason ?? "", /gone/);
    rig.board.faults.mend();
    await rig.clock.advance(60_000);
    assert.equal(rig.board.line(17).high, true);
    assert.equal(rig.twin("red").progress?.phase, "verified");
  });

  test("holds a fail-safe value back that an interlock forbids while the other lamp cannot be switched off", async () => {
    const rig = await Rig.start();
    const { shape, ...plan } = lampPlan();
    const safety = { ...shape.safety, failSafe: { green: "OFF", red: "ON" } };
    const runner = await rig.run("default/light", { ...plan, shape: { ...shape, safety } });
    await rig.desire({ green: "ON" });
    rig.board.faults.breakAll(/GPIO27 set false/);
    await runner.close("the agent stops");
    assert.deepEqual([rig.board.line(17).high, rig.board.line(27).high], [false, true]);
  });

  test("keeps a failing property from taking the others down", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    rig.board.faults.breakAll(/GPIO17 get/);
    await rig.clock.advance(20_000);
    assert.equal(runner.state.name, "online");
    assert.equal(rig.twin("red").reported?.quality, "bad");
    assert.equal(rig.twin("green").reported?.quality, "good");
  });
});
