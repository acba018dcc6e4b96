import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, isConflict, p } from "@edgetwin/mapper-sdk";
import { i2c } from "./i2c.ts";

test("a device claims its address on the bus for its chip", () => {
  const model = defineModel("weather", { temperature: p.double() });
  const claim = (connection: Record<string, unknown>, visitor: Record<string, unknown> = {}) => {
    const [first] = i2c.serve(model).claims?.({ connection, visitors: { temperature: visitor } }) ?? [];
    assert.ok(first);
    return first;
  };
  const weather = claim({ chip: "bme280", address: "0x76" });
  assert.deepEqual(weather, { resource: "i2c-1 0x76", as: "bme280" });
  assert.ok(!isConflict(weather, claim({ chip: "bme280", address: 118, bus: "/dev/i2c-1" })));
  assert.ok(isConflict(weather, claim({ address: 0x76 }, { register: 0, type: "u16" })));
  assert.ok(!isConflict(weather, claim({ chip: "bme280", address: "0x77" })));
});
