import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, propertyOf } from "./model.ts";
import { p } from "./property.ts";

const lights = { red: p.oneOf(["OFF", "ON"], { access: "rw" }), green: p.oneOf(["OFF", "ON"], { access: "rw" }) };

test("a model cannot be changed after it was declared", () => {
  const model = defineModel("traffic-light", { ...lights });
  assert.ok(Object.isFrozen(model));
  assert.ok(Object.isFrozen(model.properties));
});

test("keeps the safety envelope it was declared with", () => {
  const safety = {
    interlocks: [{ never: { red: "ON", green: "ON" }, because: "one direction at a time" }],
    failSafe: { red: "ON" },
  } as const;
  assert.deepEqual(defineModel("traffic-light", lights, safety).safety, safety);
});

test("refuses a safety envelope for a property it does not have, or a value it cannot hold", () => {
  assert.throws(
    () => defineModel("traffic-light", lights, { failSafe: { gren: "ON" } } as never),
    new TypeError('the safety envelope of traffic-light names gren, which is no property of it; did you mean "green"?'),
  );
  assert.throws(
    () => defineModel("traffic-light", lights, { interlocks: [{ never: { red: "BLINK" } }] } as never),
    /the safety envelope of traffic-light, red: expected "OFF" or "ON", got "BLINK"/,
  );
});

test("finds a property by name, and suggests the nearest when there is none", () => {
  const model = defineModel("traffic-light", lights);
  assert.equal(propertyOf(model, "red"), lights.red);
  assert.throws(() => propertyOf(model, "gren"), {
    code: "VALUE_INVALID",
    message: 'traffic-light has no property gren; did you mean "green"?',
  });
  assert.throws(() => propertyOf(model, "constructor"), { code: "VALUE_INVALID" });
});
