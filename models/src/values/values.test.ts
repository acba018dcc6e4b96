import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError, type Property, type PropertyType, p, sameValue, type Value } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { decodeValue, encodeValue, formatText, fromJson, parseText, toJson } from "../index.ts";

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const kinds: readonly { property: Property; values: fc.Arbitrary<Value> }[] = [
  { property: p.int64(), values: int64 },
  { property: p.int(), values: fc.maxSafeInteger().map(BigInt) },
  { property: p.float(), values: float },
  { property: p.double(), values: double },
  { property: p.boolean(), values: fc.boolean() },
  { property: p.string(), values: fc.string({ unit: "binary" }) },
  { property: p.oneOf(["OFF", "ON", "Blinking"]), values: fc.constantFrom("OFF", "ON", "Blinking") },
  { property: p.bytes(), values: fc.uint8Array() },
] as readonly { property: Property; values: fc.Arbitrary<Value> }[];

const anyKind = fc.constantFrom(...kinds).chain(({ property, values }) => values.map((value) => ({ property, value })));

const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof MapperError, String(error));
    assert.equal(error.code, "VALUE_INVALID");
    return error.message;
  }
  return assert.fail("it was accepted");
};

test("text that was formatted is read back as the same value, for every type", () => {
  fc.assert(
    fc.property(anyKind, ({ property, value }) => {
      const text = formatText(value, property.type);
      assert.ok(sameValue(parseText(property, text), value), text);
    }),
  );
});

test("JSON that was written is read back as the same value, through JSON text too", () => {
  fc.assert(
    fc.property(anyKind, ({ property, value }) => {
      const json = JSON.parse(JSON.stringify(toJson(value, property.type)));
      assert.ok(sameValue(fromJson(property, json), value));
      assert.ok(sameValue(fromJson(property, toJson(value)), value));
    }),
  );
});

test("a stored value comes back exactly, with its type", () => {
  fc.assert(
    fc.property(anyKind, ({ value }) => {
      const back = decodeValue(encodeValue(value));
      assert.deepEqual(back, value);
      assert.equal(typeof back, typeof value);
    }),
  );
});

test("decimals never carry an exponent and are as short as their type allows", () => {
  fc.assert(fc.property(double, (value) => assert.match(formatText(value, "DOUBLE"), /^-?\d+(\.\d+)?$/)));
  fc.assert(
    fc.property(float, (value) => {
      const text = formatText(value, "FLOAT");
      assert.match(text, /^-?\d+(\.\d+)?$/);
      assert.ok(text.replace(/^-?0?\.?0*|0*$|\./g, "").length <= 9, text);
    }),
  );
  const cases: readonly [number, PropertyType, string][] = [
    [Math.fround(0.1), "FLOAT", "0.1"],
    [Math.fround(16777216), "FLOAT", "16777216"],
    [Math.fround(3.4028234663852886e38), "FLOAT", `34028235${"0".repeat(31)}`],
    [0.1, "DOUBLE", "0.1"],
    [1e21, "DOUBLE", "1000000000000000000000"],
    [-1.25e-7, "DOUBLE", "-0.000000125"],
    [1.5e300, "DOUBLE", `15${"0".repeat(299)}`],
    [-0, "DOUBLE", "0"],
  ];
  for (const [value, type, text] of cases) assert.equal(formatText(value, type), text);
});

test("booleans are what Go's ParseBool takes, nothing else", () => {
  for (const text of ["1", "t", "T", "true", "TRUE", "True"]) assert.equal(parseText(p.boolean(), text), true);
  for (const text of ["0", "f", "F", "false", "FALSE", "False"]) assert.equal(parseText(p.boolean(), text), false);
  for (const text of ["", "ON", "yes", "tRue", " true"]) {
    assert.equal(
      refusal(() => parseText(p.boolean(), text)),
      `expected true or false, got ${JSON.stringify(text)}`,
    );
  }
});

test("integers are base 10 and 64 bits wide", () => {
  const cases: readonly [string, bigint][] = [
    ["+7", 7n],
    ["-0", 0n],
    ["007", 7n],
    [`-${"0".repeat(500)}12`, -12n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
  ];
  for (const [text, value] of cases) assert.equal(parseText(p.int64(), text), value);
  for (const text of ["", " 1", "1.0", "1e3", "0x10", "1_000", "30 min", "9223372036854775808", "9".repeat(5000)]) {
    assert.match(
      refusal(() => parseText(p.int64(), text)),
      /^expected a whole number .*, got "/,
    );
  }
});

test("decimals of other notations, infinite ones and units are refused", () => {
  for (const text of ["", "NaN", "inf", "Infinity", "0x1p-2", "21,5", "21.5 C", "1e400", "."]) {
    assert.match(
      refusal(() => parseText(p.double(), text)),
      /^expected a .*number .*, got "/,
    );
  }
  assert.match(
    refusal(() => parseText(p.float(), "1e39")),
    /its type can hold/,
  );
  assert.match(
    refusal(() => fromJson(p.float(), 1e39)),
    /32 bits can hold/,
  );
  assert.equal(parseText(p.double(), ".5"), 0.5);
  assert.equal(parseText(p.double(), "5."), 5);
});

test("options are canonical whatever the case, and a near miss gets a hint", () => {
  const lamp = p.oneOf(["OFF", "ON"]);
  assert.equal(parseText(lamp, "on"), "ON");
  assert.equal(fromJson(lamp, true), "ON");
  assert.match(
    refusal(() => parseText(lamp, "onn")),
    /expected "OFF" or "ON", got "onn"; did you mean "ON"\?/,
  );
});

test("ranges hold for text and JSON alike", () => {
  const timer = p.int64({ min: 0n, max: 540n });
  assert.match(
    refusal(() => parseText(timer, "541")),
    /from 0 to 540, got 541/,
  );
  assert.match(
    refusal(() => fromJson(timer, -1)),
    /from 0 to 540, got -1/,
  );
});

test("an integer that JSON has already rounded is refused with the way out", () => {
  assert.match(
    refusal(() => fromJson(p.int64(), 2 ** 60)),
    /written as a string/,
  );
  assert.equal(fromJson(p.int64(), 2n ** 60n), 2n ** 60n);
  assert.equal(toJson(2n ** 60n), "1152921504606846976");
  assert.equal(toJson(30n), 30);
});

test("null, lists and objects are no values of any type", () => {
  for (const { property } of kinds) {
    for (const json of [null, [1], { value: 1 }])
      assert.match(
        refusal(() => fromJson(property, json)),
        /^expected a /,
      );
  }
});

test("base64 comes in both alphabets, with or without padding, and goes out in the standard one", () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0x01, 0x02);
  assert.equal(formatText(bytes, "BYTES"), "+/8BAg==");
  for (const text of ["+/8BAg==", "-_8BAg==", "-_8BAg"]) assert.deepEqual(parseText(p.bytes(), text), bytes);
  for (const text of ["A", "AQI=A", "AQ=I", "AQ I"]) refusal(() => parseText(p.bytes(), text));
});

test("a damaged stored value is refused, not guessed", () => {
  for (const text of ["", "30", "i:", "i:1.5", `i:${"9".repeat(30)}`, "n:", "n:x", "b:2", "x:?", "q:1"]) {
    assert.match(
      refusal(() => decodeValue(text)),
      /is no stored value/,
    );
  }
});
