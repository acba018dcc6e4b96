import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MapperError } from "./errors.ts";
import type { Property } from "./model.ts";
import { p } from "./property.ts";
import { sameValue } from "./value.ts";

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof MapperError);
  assert.equal(error.code, "VALUE_INVALID");
  assert.match(error.message, message);
  return true;
};

describe("what a property accepts", () => {
  const accepted: [string, Property, unknown, unknown][] = [
    ["a boolean", p.boolean(), true, true],
    ["a whole number", p.int(), 42, 42],
    ["a twin's whole number", p.int(), 42n, 42],
    ["the largest exact whole number", p.int(), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ["both bounds", p.int({ min: 0, max: 60 }), 60, 60],
    ["a 64-bit number", p.int64(), 2n ** 63n - 1n, 2n ** 63n - 1n],
    ["a small number for a 64-bit one", p.int64(), -7, -7n],
    ["a float, rounded to 32 bits", p.float(), 0.1, Math.fround(0.1)],
    ["a float at a limit that 32 bits cannot hold", p.float({ max: 0.1 }), 0.1, Math.fround(0.1)],
    ["a double", p.double(), 0.1, 0.1],
    ["a whole number for a double", p.double(), 3n, 3],
    ["text", p.string(), "", ""],
    ["an option", p.oneOf(["OFF", "ON"]), "ON", "ON"],
    ["an option in other letters", p.oneOf(["OFF", "ON"]), "on", "ON"],
    ["true where a switch says ON", p.oneOf(["OFF", "ON"]), true, "ON"],
    ["False as text where a switch says off", p.oneOf(["off", "on"]), "False", "off"],
    ["true where that is an option itself", p.oneOf(["false", "true"]), true, "true"],
    ["the exact option when two differ in letters only", p.oneOf(["on", "ON"]), "ON", "ON"],
  ];
  for (const [what, property, given, value] of accepted) {
    test(what, () => assert.deepEqual(property.accept(given), value));
  }
});

describe("what a property refuses", () => {
  const table: [string, Property, unknown, RegExp][] = [
    ["text for a boolean", p.boolean(), "true", /expected true or false, got "true"/],
    ["a fraction for a whole number", p.int(), 1.5, /expected a whole number, got 1\.5/],
    ["text for a whole number", p.int(), "42", /expected a whole number, got "42"/],
    ["a number beyond 2^53", p.int(), 2 ** 53, /within 2\^53/],
    ["a twin's number beyond 2^53", p.int(), 2n ** 60n, /within 2\^53, got 1152921504606846976/],
    ["a number that is none", p.int(), Number.NaN, /got NaN/],
    ["more than the maximum", p.int({ min: 0, max: 60 }), 61, /expected a number from 0 to 60, got 61/],
    ["less than the minimum", p.int({ min: 0 }), -1, /expected a number of at least 0, got -1/],
    ["more than an upper bound alone", p.double({ max: 1 }), 1.1, /expected a number of at most 1, got 1\.1/],
    ["a number beyond 64 bits", p.int64(), 2n ** 63n, /from -9223372036854775808 to 9223372036854775807/],
    ["an inexact number for 64 bits", p.int64(), 2 ** 53, /expected a whole number/],
    ["a number beyond 32 bits", p.float(), 1e300, /that 32 bits can hold, got 1e\+300/],
    ["infinity", p.double(), Number.POSITIVE_INFINITY, /expected a number, got Infinity/],
    ["a bigint beyond all doubles", p.double(), 10n ** 400n, /expected a number, got 1000/],
    ["a number for text", p.string(), 1, /expected text, got 1/],
    ["an unknown option", p.oneOf(["red", "green"]), "gren", /"red" or "green", got "gren"; did you mean "green"\?/],
    ["true where no option means it", p.oneOf(["red", "green"]), true, /got true/],
    ["an array for bytes", p.bytes(), [1, 2], /expected bytes, got \[1,2\]/],
    ["nothing", p.double(), undefined, /got undefined/],
    ["null", p.oneOf(["a"]), null, /got null/],
  ];
  for (const [what, property, given, message] of table) {
    test(what, () => assert.throws(() => property.accept(given), refused(message)));
  }
});

test("a property keeps its facts, is read-only unless said otherwise, and cannot be changed", () => {
  const property = p.int({ unit: "min", min: 0, max: 60, access: "rw", description: "demand period" });
  const { type, access, unit, min, max, description } = property;
  assert.deepEqual(
    { type, access, unit, min, max, description },
    { type: "INT", access: "rw", unit: "min", min: 0, max: 60, description: "demand period" },
  );
  assert.equal(p.boolean().access, "r");
  assert.deepEqual(p.oneOf(["a", "b"]).options, ["a", "b"]);
  assert.ok(Object.isFrozen(property));
});

test("whatever is accepted is accepted again unchanged, and again after a round through the twin", () => {
  const properties: Property[] = [
    p.boolean(),
    p.int({ min: -1000, max: 1_000_000 }),
    p.int64(),
    p.float({ min: -0.1, max: 1e30 }),
    p.double(),
    p.string(),
    p.oneOf(["OFF", "on", "Auto"]),
    p.bytes(),
  ];
  const anything = fc.oneof(
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
    fc.string(),
    fc.constantFrom("off", "ON", "AUTO", "true"),
    fc.uint8Array(),
    fc.anything(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...properties), anything, (property, given) => {
      const value = acceptedOrUndefined(property, given);
      if (value === undefined) return;
      assert.deepEqual(property.accept(value), value);
      const twin = property.toTwin(value);
      assert.ok(sameValue(property.toTwin(property.accept(twin)), twin));
    }),
    { numRuns: 2000 },
  );
});

function acceptedOrUndefined(property: Property, given: unknown): unknown {
  try {
    return property.accept(given);
  } catch (error) {
    if (error instanceof MapperError && error.code === "VALUE_INVALID") return undefined;
    throw error;
  }
}
