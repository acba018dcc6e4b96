import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p, parseClosedLoops } from "./index.ts";

const { properties } = defineModel("fan", {
  power: p.oneOf(["OFF", "ON"], { access: "rw" }),
  boost: p.boolean({ access: "rw" }),
  setpoint: p.float({ access: "rw" }),
  steps: p.int64({ access: "rw" }),
  rpm: p.int({ unit: "rpm" }),
  mode: p.string(),
});

const parsed = (raw: unknown) => parseClosedLoops(properties, raw);

describe("closed loops", () => {
  test("say by value what another property must show, and how long it may take", () => {
    const { loops, issues } = parsed({
      power: { by: "rpm", when: { ON: { min: 300 }, OFF: { max: 0 } }, within: "5s" },
      boost: { by: "mode", when: { true: { equals: "boost" }, "*": { changes: true } } },
      steps: { by: "rpm", when: { 5: { changes: 10 } }, within: 250 },
    });
    assert.deepEqual(issues, []);
    const [power, boost, steps] = ["power", "boost", "steps"].map((name) => loops.get(name));
    assert.deepEqual([power?.by, power?.withinMs, power?.conditionFor("ON")], ["rpm", 5_000, { min: 300 }]);
    assert.deepEqual(power?.conditionFor("OFF"), { max: 0 });
    assert.deepEqual(boost?.conditionFor(true), { equals: "boost" });
    assert.deepEqual([boost?.conditionFor(false), boost?.withinMs], [{ changes: true }, 5_000]);
    assert.deepEqual([steps?.conditionFor(5n), steps?.conditionFor(6n)], [{ changes: 10 }, undefined]);
  });

  test("with a tolerance follow the value", () => {
    const { loops } = parsed({ setpoint: { by: "rpm", tolerance: 0.5, within: "10min" } });
    assert.deepEqual(loops.get("setpoint")?.conditionFor(20), { min: 19.5, max: 20.5 });
  });

  test("that cannot work are left out, each with place, value and fix", () => {
    const cases: readonly [unknown, string, RegExp][] = [
      [[], "", /expected an object by property/],
      [{ powr: {} }, "powr", /no property "powr"; did you mean "power"/],
      [{ power: 5 }, "power", /expected an object with "by"/],
      [{ rpm: { by: "power", when: { 1: { equals: "ON" } } } }, "rpm", /read-only/],
      [{ power: { when: { ON: { min: 1 } } } }, "power.by", /name of another property, got undefined/],
      [{ power: { by: "rpn", when: { ON: { min: 1 } } } }, "power.by", /did you mean "rpm"/],
      [{ power: { by: "power", when: { ON: { equals: "ON" } } } }, "power.by", /another property/],
      [{ power: { by: "rpm" } }, "power", /needs either "when" .* or "tolerance"/],
      [{ setpoint: { by: "rpm", tolerance: 1, when: {} } }, "setpoint", /needs either/],
      [{ power: { by: "rpm", tolerance: 1 } }, "power.tolerance", /must be numbers; use when/],
      [{ setpoint: { by: "rpm", tolerance: -1 } }, "setpoint.tolerance", /at least 0/],
      [{ power: { by: "rpm", when: {} } }, "power.when", /conditions by value/],
      [{ power: { by: "rpm", when: { ONN: { min: 1 } } } }, "power.when.ONN", /"OFF" or "ON"/],
      [{ power: { by: "rpm", when: { on: { min: 1 } } } }, "power.when.on", /write it as "ON"/],
      [{ steps: { by: "rpm", when: { "5.5": { min: 1 } } } }, "steps.when.5.5", /whole number/],
      [{ power: { by: "rpm", when: { ON: {} } } }, "power.when.ON", /a condition such as/],
      [{ power: { by: "rpm", when: { ON: { mim: 1 } } } }, "power.when.ON.mim", /did you mean "min"/],
      [{ power: { by: "mode", when: { ON: { min: 1 } } } }, "power.when.ON.min", /a property that is one/],
      [{ power: { by: "rpm", when: { ON: { min: 2, max: 1 } } } }, "power.when.ON.min", /above max/],
      [{ power: { by: "rpm", when: { ON: { equals: "x" } } } }, "power.when.ON.equals", /whole number/],
      [{ power: { by: "mode", when: { ON: { changes: 1 } } } }, "power.when.ON.changes", /expected true/],
      [{ power: { by: "rpm", when: { ON: { changes: 0 } } } }, "power.when.ON.changes", /how much/],
      [{ power: { by: "rpm", when: { ON: { min: 1 } }, within: "soon" } }, "power.within", /duration .*"soon"/],
      [{ power: { by: "rpm", when: { ON: { min: 1 } }, within: "2h" } }, "power.within", /up to 1h/],
      [{ power: { by: "rpm", when: { ON: { min: 1 } }, witin: 1 } }, "power.witin", /did you mean "within"/],
    ];
    for (const [raw, path, message] of cases) {
      const { loops, issues } = parsed(raw);
      assert.equal(loops.size, 0, JSON.stringify(raw));
      const found = issues.find((issue) => issue.path === path);
      assert.match(found?.message ?? `none at ${path}: ${JSON.stringify(issues)}`, message);
    }
  });

  test("of a model are checked when it is declared", () => {
    const declare = (verify: object) => defineModel("fan", properties, { verify });
    assert.throws(() => declare({ power: { by: "rpm", when: { ONN: { min: 1 } } } }), {
      name: "TypeError",
      message: /the model fan, verify\.power\.when\.ONN: expected "OFF" or "ON"/,
    });
    const model = defineModel("fan", properties, { verify: { power: { by: "rpm", when: { ON: { min: 300 } } } } });
    assert.deepEqual(model.verify, { power: { by: "rpm", when: { ON: { min: 300 } } } });
    assert.equal(model.safety, undefined);
  });
});
