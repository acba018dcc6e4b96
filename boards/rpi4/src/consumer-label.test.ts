import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { consumerLabel } from "./consumer-label.ts";

test("a long consumer keeps both ends, because the device and the property tell apart", () => {
  assert.equal(consumerLabel("default/traffic-light-instance-01 red"), "default/traffic~instance-01 red");
  assert.equal(consumerLabel("default/lamp power"), "default/lamp power");
  assert.equal(consumerLabel(), "edgetwin");
});

test("every consumer fits into the 31 bytes that the kernel keeps", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => Buffer.byteLength(consumerLabel(name)) <= 31));
});
