import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { lampConfig, lampPlan, Rig } from "../../test/support/rig.ts";

const call = (input?: unknown, signal = new AbortController().signal) => ({
  name: "flash",
  input,
  timeoutMs: 1_000,
  signal,
});

describe("calling a method of a device", () => {
  test("does it on the open device and answers what the method answers", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    assert.deepEqual(await runner.call(call({ times: "2" })), { flashed: 2 });
    assert.deepEqual(rig.writes(17), ["true", "false", "true", "false"]);
  });

  test("is refused with state and reason while the device is not open, and works once it is", async () => {
    const board = new SimBoard();
    board.faults.breakAll(/GPIO17 open/);
    const rig = await Rig.start({ board });
    const runner = await rig.run();
    await assert.rejects(runner.call(call()), {
      code: "DEVICE_UNAVAILABLE",
      message: /default\/light is waiting: .*GPIO17.*; methods run while it is online/,
    });
    board.faults.mend();
    await rig.clock.advance(60_000);
    assert.deepEqual(await runner.call(call()), { flashed: 1 });
    await runner.close("the test is over");
    await assert.rejects(runner.call(call()), { code: "DEVICE_UNAVAILABLE", message: /is closed/ });
  });

  test("touches nothing for wrong input", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    const before = rig.board.faults.count;
    await assert.rejects(runner.call(call({ times: 9 })), { code: "VALUE_INVALID", message: /light\.flash\.times/ });
    assert.equal(rig.board.faults.count, before);
  });

  test("ends at its deadline on hardware that hangs, and leaves the bus to others", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    rig.board.faults.stall();
    const called = runner.call(call());
    await Promise.all([
      assert.rejects(called, { code: "DEVICE_IO", message: "default/light flash did not answer within 1000 ms" }),
      rig.clock.advance(1_000),
    ]);
    rig.board.faults.resume();
    await settle();
    await rig.clock.advance(60_000);
    await rig.desire({ level: "5" });
    assert.equal(rig.twin("level").progress?.phase, "verified");
  });

  test("waits for the bus, and gives up there when its caller does", async () => {
    const rig = await Rig.start();
    const bus = rig.queues.acquire("lamps:shared");
    const mapper = { ...lampPlan().mapper };
    const open = mapper.open;
    const plan = lampPlan(lampConfig);
    const runner = await rig.run("default/light", {
      ...plan,
      mapper: {
        ...mapper,
        open: async (config, environment) => ({ ...(await open(config, environment)), bus: "lamps:shared" }),
      },
    });
    let letGo = () => {};
    const held = bus.lane.run({ priority: "write" }, () => new Promise<void>((resolve) => (letGo = resolve)));
    const caller = new AbortController();
    const given = runner.call(call(undefined, caller.signal));
    const kept = runner.call(call());
    await settle();
    assert.deepEqual(rig.writes(17), []);
    caller.abort();
    await assert.rejects(given);
    letGo();
    await held;
    assert.deepEqual(await kept, { flashed: 1 });
    assert.deepEqual(rig.writes(17), ["true", "false"]);
  });

  test("ends with the session", async () => {
    const rig = await Rig.start();
    const runner = await rig.run();
    rig.board.faults.stallAt(1);
    const called = runner.call(call());
    await settle();
    const closing = runner.close("the device was deleted");
    await assert.rejects(called, { code: "DEVICE_ABORTED", message: "the device was deleted" });
    rig.board.faults.resume();
    await closing;
  });
});
