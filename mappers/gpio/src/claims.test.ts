import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { gpio } from "./gpio.ts";

test("a device claims its lines, each in one spelling however the manifest writes it", () => {
  const model = defineModel("lamp", { red: p.boolean({ access: "rw" }), button: p.boolean() });
  const claims = (pins: Record<string, unknown>, connection = {}) =>
    gpio
      .serve(model)
      .claims?.({ connection, visitors: { red: { pin: 1 }, button: { pin: 2, direction: "in" }, ...pins } })
      .map(({ resource }) => resource);
  assert.deepEqual(claims({}), ["GPIO1", "GPIO2"]);
  assert.deepEqual(claims({ red: { pin: " gpio_017" } }), ["GPIO17", "GPIO2"]);
  assert.deepEqual(claims({ red: { pin: 11 } }, { numbering: "board" }), ["pin 11", "pin 2"]);
  assert.throws(() => claims({ red: { pin: {} } }), /visitors\.red\.pin: expected a pin/);
});
