import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { f, fields } from "./fields.ts";
import { parse } from "./schema.ts";

const line = fields({
  line: f.int({ min: 0, max: 27 }),
  activeLow: f.withDefault(f.boolean(), false),
  pull: f.optional(f.oneOf(["up", "down", "none"])),
});

test("returns the settings with defaults filled in, and leaves out optional ones that are not given", () => {
  assert.deepEqual(parse(line, { line: 17 }, "visitor"), { line: 17, activeLow: false });
  assert.deepEqual(parse(line, { line: "17", activeLow: "true", pull: "up" }, "visitor"), {
    line: 17,
    activeLow: true,
    pull: "up",
  });
});

test("takes nothing at all for an object without settings", () => {
  assert.deepEqual(parse(fields({}), undefined, "connection"), {});
});

test("names everything that is wrong, misspelt settings first, and what was probably meant", () => {
  assert.throws(() => parse(line, { lime: 17, activeLow: "maybe", pull: "uo" }, "visitors.power"), {
    code: "CONFIG_INVALID",
    message: [
      'visitors.power.lime: is not a setting here; did you mean "line"?',
      "visitors.power.line: is missing; expected a whole number from 0 to 27",
      'visitors.power.activeLow: expected true or false, got "maybe"',
      'visitors.power.pull: expected "up" or "down" or "none", got "uo"; did you mean "up"?',
    ].join("\n"),
  });
});

test("refuses what is no object", () => {
  for (const raw of [17, "GPIO17", null, [17]]) {
    assert.throws(() => parse(line, raw, "visitor"), { message: /^visitor: expected an object, got / });
  }
});

test("is not fooled by names that every object inherits", () => {
  const schema = fields({ constructor: f.optional(f.string()) });
  assert.deepEqual(parse(schema, {}, "x"), {});
  assert.throws(() => parse(line, JSON.parse('{"line":1,"__proto__":{"line":2}}'), "x"), /__proto__: is not a setting/);
});

test("names what is wrong inside an object by its whole path", () => {
  const schema = fields({ bits: f.optional(f.object({ at: f.int(), length: f.withDefault(f.int(), 1) })) });
  assert.deepEqual(parse(schema, { bits: { at: "3" } }, "v"), { bits: { at: 3, length: 1 } });
  assert.deepEqual(parse(schema, {}, "v"), {});
  assert.throws(() => parse(schema, { bits: { att: 3 } }, "v"), {
    message:
      /^v\.bits\.att: is not a setting here; did you mean "at"\?\nv\.bits\.at: is missing; expected a whole number$/,
  });
  assert.throws(() => parse(schema, { bits: [3] }, "v"), { message: "v.bits: expected an object, got [3]" });
  assert.throws(() => parse(fields({ bits: f.object({ at: f.int() }) }), {}, "v"), {
    message: "v.bits: is missing; expected an object with at",
  });
});

describe("one field", () => {
  const table: [string, ReturnType<typeof f.custom>, unknown, unknown][] = [
    ["number as text, as manifests send it", f.number(), "1.5e3", 1500],
    ["number within its bounds", f.number({ min: 0 }), 0, 0],
    ["whole number as text", f.int(), " -7 ", -7],
    ["boolean as text", f.boolean(), "false", false],
    ["text", f.string(), "/dev/ttyUSB0", "/dev/ttyUSB0"],
    ["default that stands in for nothing", f.withDefault(f.int(), 9600), undefined, 9600],
    ["custom field", f.custom("a colour", (raw) => (raw === "red" ? 1 : undefined)), "red", 1],
  ];
  for (const [what, field, raw, value] of table) {
    test(`accepts a ${what}`, () => assert.deepEqual(field.parse(raw), { value }));
  }

  const refused: [string, ReturnType<typeof f.custom>, unknown, string][] = [
    ["infinity", f.number(), Number.POSITIVE_INFINITY, "expected a number, got Infinity"],
    ["infinity as text", f.number(), "Infinity", 'expected a number, got "Infinity"'],
    ["hexadecimal text", f.int(), "0x10", 'expected a whole number, got "0x10"'],
    ["empty text for a number", f.int(), "", 'expected a whole number, got ""'],
    ["whole number that is not exact", f.int(), "9007199254740993", 'expected a whole number, got "9007199254740993"'],
    ["fraction", f.int({ min: 1 }), 1.5, "expected a whole number of at least 1, got 1.5"],
    ["number above its bound", f.number({ max: 1 }), 2, "expected a number of at most 1, got 2"],
    ["list", f.int(), [5], "expected a whole number, got [5]"],
    ["empty text", f.string(), "", 'expected text, got ""'],
    ["number for text", f.string(), 5, "expected text, got 5"],
    ["wrong value behind a default", f.withDefault(f.int(), 1), "x", 'expected a whole number, got "x"'],
    ["custom value", f.custom("a colour", () => undefined), "rouge", 'expected a colour, got "rouge"'],
  ];
  for (const [what, field, raw, message] of refused) {
    test(`refuses ${what}`, () => assert.deepEqual(field.parse(raw), { message }));
  }
});
