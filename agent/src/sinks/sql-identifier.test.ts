import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quoteIdentifier } from "./kinds/sql-identifier.ts";

test("ordinary names stay what they are, backticks are doubled", () => {
  assert.equal(quoteIdentifier("default/boiler-01/temperature", 64), "`default/boiler-01/temperature`");
  assert.equal(quoteIdentifier("a`; DROP TABLE b; --", 64), "`a``; DROP TABLE b; --`");
});

test("two long names that begin alike stay two names", () => {
  const [one, other] = ["x".repeat(80), `${"x".repeat(79)}y`].map((name) => quoteIdentifier(name, 64));
  assert.equal(one?.length, 66);
  assert.notEqual(one, other);
});

test("no name breaks out of its backticks, is too long, or holds what a database cannot store", () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom("`", "\0", " ", "\n", "\u{1f600}", "a"),
      fc.string({ maxLength: 1, unit: "binary" }),
    ),
    maxLength: 100,
  });
  fc.assert(
    fc.property(nasty, (name) => {
      const quoted = quoteIdentifier(name, 64);
      const inner = /^`((?:[^`]|``)+)`$/su.exec(quoted)?.[1];
      assert.ok(inner !== undefined, quoted);
      const stored = inner.replaceAll("``", "`");
      assert.ok(stored.length <= 64 && stored.length > 0);
      assert.doesNotMatch(stored, /[\0\n]| $|[\u{10000}-\u{10ffff}]/u);
    }),
  );
});
