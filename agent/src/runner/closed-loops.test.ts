import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineMapper, defineModel, fields, p, parseClosedLoops } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { shapeOf } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { Rig } from "../../test/support/rig.ts";
import type { ServedPlan } from "./plan.ts";

const model = defineModel(
  "fan",
  {
    power: p.oneOf(["OFF", "ON"], { access: "rw" }),
    valve: p.int64({ access: "rw", min: 0n, max: 100n }),
    lamp: p.boolean({ access: "rw" }),
    rpm: p.int64({ unit: "rpm" }),
    flow: p.double(),
  },
  {
    failSafe: { power: "OFF" },
    verify: {
      power: { by: "rpm", when: { ON: { min: 300 }, OFF: { max: 0 } }, within: "5s" },
      valve: { by: "flow", when: { "*": { changes: 0.5 } }, within: "1min" },
    },
  },
);

/** What stands behind the wires: it turns, flows and answers as the test wants it to. */
class Machine {
  power = "OFF";
  valve = 0n;
  lamp = false;
  rpm = 0n;
  flow = 0;
  broken = "";
  readonly writes: string[] = [];

  plan(): ServedPlan {
    const read = <T>(name: "rpm" | "flow", value: () => T): T => {
      if (this.broken === name) throw new Error(`${name} does not answer`);
      return value();
    };
    const mapper = defineMapper({
      protocol: "machine",
      model,
      visitor: fields({}),
      open: () => null,
      properties: {
        power: { read: () => this.power as "OFF", write: (_, value) => this.#take("power", value) },
        valve: { read: () => this.valve, write: (_, value) => this.#take("valve", value) },
        lamp: { read: () => this.lamp, write: (_, value) => this.#take("lamp", value) },
        rpm: { read: () => read("rpm", () => this.rpm) },
        flow: { read: () => read("flow", () => this.flow) },
      },
    });
    const { loops } = parseClosedLoops(model.properties, model.verify);
    return {
      kind: "served",
      source: "test",
      part: mapper,
      mapper,
      config: {},
      shape: { ...shapeOf(model), verify: loops },
      cycles: new Map(Object.keys(model.properties).map((name) => [name, 1000])),
      filters: new Map(),
    };
  }

  #take(name: "power" | "valve" | "lamp", value: string | bigint | boolean): void {
    Object.assign(this, { [name]: value });
    this.writes.push(`${name} ${value}`);
  }
}

async function start(parts: { readonly store?: FakeStore; readonly machine?: Machine } = {}) {
  const { store = new FakeStore(), machine = new Machine() } = parts;
  const rig = await Rig.start({ store, board: new SimBoard() });
  const runner = await rig.run("default/light", machine.plan());
  return { rig, machine, runner };
}

describe("a write that has to show in another property", () => {
  test("is applied when it was read back, and verified when the other property shows it", async () => {
    const { rig, machine } = await start();
    await rig.desire({ power: "ON" });
    assert.equal(rig.twin("power").progress?.phase, "applied");
    await rig.clock.advance(3_000);
    assert.equal(rig.twin("power").progress?.phase, "applied");
    machine.rpm = 900n;
    await rig.clock.advance(300);
    assert.equal(rig.twin("power").progress?.phase, "verified");
    assert.equal(rig.twin("rpm").reported?.value, 900n);
    assert.deepEqual(machine.writes, ["power ON"]);
  });

  test("fails with a reason for people when the other property stays, and is tried again", async () => {
    const { rig, machine } = await start();
    await rig.desire({ power: "ON" });
    await rig.clock.advance(5_250);
    const { phase, reason, attempts } = rig.twin("power").progress ?? {};
    assert.equal(reason, "power was written, but rpm stayed at 0 rpm for 5s; expected at least 300");
    assert.deepEqual([phase, attempts], ["failed", 1]);
    machine.rpm = 500n;
    await rig.clock.advance(60_000);
    assert.equal(rig.twin("power").progress?.phase, "verified");
    assert.deepEqual(machine.writes, ["power ON", "power ON"]);
  });

  test("tells where the other property got to, and that it could not be read", async () => {
    const { rig, machine } = await start();
    await rig.desire({ power: "ON" });
    await rig.clock.advance(1_000);
    machine.rpm = 120n;
    await rig.clock.advance(4_250);
    assert.match(rig.twin("power").progress?.reason ?? "", /but rpm is at 120 rpm after 5s; expected at least 300/);
    machine.broken = "flow";
    await rig.desire({ valve: "10" });
    await rig.clock.advance(60_100);
    const { phase, reason } = rig.twin("valve").progress ?? {};
    assert.deepEqual(
      [phase, reason],
      ["failed", "valve was written, but flow could not be read: flow does not answer"],
    );
  });

  test("keeps no other property of the device waiting", async () => {
    const { rig, machine } = await start();
    await rig.desire({ valve: "10", power: "ON" });
    await rig.desire({ lamp: "true" });
    assert.equal(rig.twin("lamp").progress?.phase, "verified");
    assert.equal(rig.twin("valve").progress?.phase, "applied");
    machine.flow = 0.4;
    machine.rpm = 300n;
    await rig.clock.advance(4_000);
    assert.deepEqual([rig.twin("power").progress?.phase, rig.twin("valve").progress?.phase], ["verified", "applied"]);
    machine.flow = 0.5;
    await rig.clock.advance(4_000);
    assert.equal(rig.twin("valve").progress?.phase, "verified");
  });

  test("is forgotten when somebody wants another value meanwhile", async () => {
    const { rig, machine } = await start();
    await rig.desire({ power: "ON" });
    await rig.desire({ power: "OFF" });
    assert.deepEqual(machine.writes, ["power ON", "power OFF"]);
    assert.equal(rig.twin("power").progress?.phase, "verified");
    await rig.clock.advance(60_000);
    assert.equal(rig.twin("power").progress?.phase, "verified");
    assert.deepEqual(machine.writes, ["power ON", "power OFF"]);
  });

  test("drives the fail-safe values when it fails again and again, and is verified once it works", async () => {
    const { rig, machine } = await start();
    await rig.desire({ power: "ON" });
    for (let seconds = 0; seconds < 40 && !machine.writes.includes("power OFF"); seconds++)
      await rig.clock.advance(1_000);
    assert.deepEqual(machine.writes, ["power ON", "power ON", "power ON", "power OFF"]);
    machine.rpm = 400n;
    await rig.clock.advance(120_000);
    assert.equal(rig.twin("power").progress?.phase, "verified");
    assert.equal(machine.power, "ON");
  });

  test("is looked at again after a restart, without a second write", async () => {
    const { rig, machine, runner } = await start();
    await rig.desire({ power: "ON" });
    await rig.clock.advance(1_000);
    // The agent dies: nothing drives fail-safe values.
    void runner;
    const again = await start({ store: rig.store, machine });
    assert.equal(again.rig.twin("power").progress?.phase, "applied");
    machine.rpm = 301n;
    await again.rig.clock.advance(500);
    assert.equal(again.rig.twin("power").progress?.phase, "verified");
    assert.deepEqual(machine.writes, ["power ON"]);
  });

  test("that nothing is said about is only read back", async () => {
    const { rig } = await start();
    await rig.desire({ lamp: "true" });
    assert.equal(rig.twin("lamp").progress?.phase, "verified");
  });
});
