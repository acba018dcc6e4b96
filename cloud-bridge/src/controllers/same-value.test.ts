import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameValue } from "./same-value.ts";

for (const [type, a, b, same] of [
  ["int", "5", "+5", true],
  ["int", "9007199254740993", "9007199254740992", false],
  ["int", "5", "5.0", false],
  ["float", "0.1", "0.10000000149011612", true],
  ["double", "0.1", "0.10000000149011612", false],
  ["double", "1", "1.0", true],
  ["double", "", "0", false],
  ["boolean", "T", "1", true],
  ["boolean", "yes", "true", false],
  ["string", "on", "ON", false],
  ["string", "on", "on", true],
] as const)
  test(`${type}: ${JSON.stringify(a)} is ${same ? "" : "not "}${JSON.stringify(b)}`, () =>
    assert.equal(isSameValue(type, a, b), same));
