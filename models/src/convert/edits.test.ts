import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diff, patch } from "./edits.ts";

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b", "c", 1, 2, true, null, 9007199254740993n),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("name", "x", "y", "__proto__"), tie("value"), { noNullPrototype: true }),
    fc.uniqueArray(
      fc.record({ name: fc.constantFrom("a", "b", "c", "d"), x: tie("value") }, { noNullPrototype: true }),
      { selector: ({ name }) => name, maxLength: 4 },
    ),
  ),
}));

test("the edits between any two values make the second of the first", () => {
  fc.assert(
    fc.property(value, value, (from, to) => assert.deepEqual(patch(from, diff(from, to)), to)),
    { numRuns: 2000 },
  );
});

test("equal values need no edits, whatever the order of their fields", () => {
  fc.assert(fc.property(value, (same) => assert.deepEqual(diff(same, structuredClone(same)), [])));
  assert.deepEqual(diff({ a: 1, b: 2n }, { b: 2, a: 1 }), []);
});

test("entries of a list are found by name, wherever they are now", () => {
  const edits = diff(
    [
      { name: "a", x: 1 },
      { name: "b", x: 2 },
    ],
    [
      { name: "a", x: 1 },
      { name: "b", x: 3 },
    ],
  );
  assert.deepEqual(edits, [{ at: [["name", "b"], "x"], was: 2, now: 3 }]);
  assert.deepEqual(patch([{ name: "b", x: 2 }, { name: "new" }], edits), [{ name: "b", x: 3 }, { name: "new" }]);
});

test("an edit whose place has changed or is gone is left out", () => {
  const edits = diff({ a: { b: 1 }, c: [{ name: "x" }] }, { a: { b: 2 }, c: [{ name: "x", y: 1 }] });
  for (const changed of [{ a: { b: 7 }, c: [] }, { a: 5, c: "text" }, {}])
    assert.deepEqual(patch(changed, edits), changed);
  assert.equal(patch("text", [{ at: [], order: ["a"] }]), "text");
});

test("an order puts what it names first and leaves the rest behind it", () => {
  const edits = [{ at: [], order: ["b", "a"] }];
  assert.deepEqual(patch([{ name: "z" }, { name: "a" }, { name: "b" }, 5], edits), [
    { name: "b" },
    { name: "a" },
    { name: "z" },
    5,
  ]);
});
