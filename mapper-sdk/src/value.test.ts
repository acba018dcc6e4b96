import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sameValue, showValue, type Value } from "./value.ts";

test("values are the same when type and content are", () => {
  const table: [Value | undefined, Value | undefined, boolean][] = [
    [1n, 1n, true],
    [1n, 1, false],
    [0, -0, true],
    ["1", 1, false],
    [true, true, true],
    [new Uint8Array([1, 2]), Buffer.from([1, 2]), true],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
    [new Uint8Array([1]), new Uint8Array([1, 2]), false],
    [undefined, undefined, true],
    [undefined, "", false],
  ];
  for (const [a, b, same] of table) assert.equal(sameValue(a, b), same, `${showValue(a)} and ${showValue(b)}`);
});

test("shows every value as people would write it", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const table: [unknown, string][] = [
    ["ON", '"ON"'],
    [42, "42"],
    [42n, "42"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [new Uint8Array([1, 255]), "0x01ff"],
    [{ line: 17n }, '{"line":"17"}'],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("x"), "Symbol(x)"],
    [() => 1, "a function"],
    [circular, "a value that cannot be shown"],
  ];
  for (const [value, text] of table) assert.equal(showValue(value), text);
});

test("never throws, and never fills a log with one value", () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true }), (value) => showValue(value).length <= 201));
  assert.equal(showValue("x".repeat(1000)).length, 201);
});
