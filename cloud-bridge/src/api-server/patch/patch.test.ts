import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicPatch } from "./strategic-patch.ts";

// Appendix A of RFC 7386.
for (const [target, patch, result] of [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
] as const) {
  test(`merge patch ${JSON.stringify(patch)} on ${JSON.stringify(target)}`, () => {
    assert.deepEqual(mergePatch(target, patch), result);
  });
}

test("a merge patch named __proto__ is a field like any other", () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.deepEqual(Object.keys(merged as object), ["__proto__"]);
});

// Appendix A of RFC 6902, and what is refused.
for (const [document, patch, result] of [
  [{ foo: ["bar", "baz"] }, [{ op: "add", path: "/foo/1", value: "qux" }], { foo: ["bar", "qux", "baz"] }],
  [{ foo: ["bar"] }, [{ op: "add", path: "/foo/-", value: ["abc"] }], { foo: ["bar", ["abc"]] }],
  [{ a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
  [{ a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
  [
    { "a/b": 1, "m~n": 2 },
    [
      { op: "test", path: "/a~1b", value: 1 },
      { op: "replace", path: "/m~0n", value: 3 },
    ],
    { "a/b": 1, "m~n": 3 },
  ],
  [{ a: [1] }, [{ op: "copy", from: "/a", path: "/b" }], { a: [1], b: [1] }],
] as const) {
  test(`json patch ${JSON.stringify(patch)}`, () => assert.deepEqual(jsonPatch(document, patch), result));
}

for (const [patch, status] of [
  [[{ op: "test", path: "/a", value: 2 }], 422],
  [[{ op: "remove", path: "/nosuch" }], 422],
  [[{ op: "replace", path: "/list/0", value: 1 }], 422],
  [[{ op: "add", path: "/list/9", value: 1 }], 422],
  [[{ op: "frobnicate", path: "/a" }], 400],
  [{ op: "x" }, 400],
] as const) {
  test(`json patch ${JSON.stringify(patch)} is refused with ${status} and changes nothing`, () => {
    const document = { a: 1, list: [] };
    assert.throws(() => jsonPatch(document, patch), { status });
    assert.deepEqual(document, { a: 1, list: [] });
  });
}

for (const [what, document, patch, result] of [
  [
    "merges conditions by their type",
    {
      conditions: [
        { type: "A", status: "1", reason: "r" },
        { type: "B", status: "1" },
      ],
    },
    {
      "$setElementOrder/conditions": [{ type: "A" }, { type: "C" }],
      conditions: [
        { type: "A", status: "2" },
        { type: "C", status: "3" },
      ],
    },
    {
      conditions: [
        { type: "A", status: "2", reason: "r" },
        { type: "B", status: "1" },
        { type: "C", status: "3" },
      ],
    },
  ],
  [
    "removes an item",
    { taints: [{ key: "a" }, { key: "b" }] },
    { taints: [{ key: "a", $patch: "delete" }] },
    { taints: [{ key: "b" }] },
  ],
  [
    "replaces a list",
    { taints: [{ key: "a" }] },
    { taints: [{ $patch: "replace" }, { key: "c" }] },
    { taints: [{ key: "c" }] },
  ],
  ["replaces lists that have no key", { images: [1, 2] }, { images: [3] }, { images: [3] }],
  ["removes keys", { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  [
    "takes texts from a list",
    { finalizers: ["a", "b"] },
    { "$deleteFromPrimitiveList/finalizers": ["a"] },
    { finalizers: ["b"] },
  ],
] as const)
  test(`a strategic merge patch ${what}`, () => assert.deepEqual(strategicPatch(document, patch), result));
