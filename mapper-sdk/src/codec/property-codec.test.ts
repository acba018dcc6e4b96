import assert from "node:assert/strict";
import { test } from "node:test";
import { p } from "../property.ts";
import { codecOf } from "./codec-of.ts";
import type { CodecSpec } from "./codec-spec.ts";
import { propertyCodec } from "./property-codec.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

test("reads any number but 0 as true, and writes 1", () => {
  const codec = propertyCodec(codecOf({ type: "u16" }), p.boolean());
  assert.deepEqual(
    ["0000", "0001", "0100"].map((hex) => codec.decode(bytesOf(hex))),
    [false, true, true],
  );
  assert.deepEqual([codec.encode(true), codec.encode(false)], [bytesOf("0001"), bytesOf("0000")]);
  assert.throws(() => codec.encode(1), { code: "VALUE_INVALID", message: "expected true or false, got 1" });
});

test("a long counter can be a boolean too", () => {
  assert.equal(propertyCodec(codecOf({ type: "u64" }), p.boolean()).decode(bytesOf("0000000000000001")), true);
});

test("takes other numbers for true and false from names", () => {
  const codec = propertyCodec(codecOf({ type: "u16", values: { true: 0xff00, false: 0 } }), p.boolean());
  assert.equal(codec.decode(bytesOf("ff00")), true);
  assert.deepEqual(codec.encode(true), bytesOf("ff00"));
  assert.throws(() => codec.decode(bytesOf("0001")), { code: "DEVICE_IO" });
  assert.throws(() => propertyCodec(codecOf({ type: "u16", values: { on: 1 } }), p.boolean()), {
    code: "CONFIG_INVALID",
    message: 'a property of type BOOLEAN needs "values" named true and false',
  });
  const third = propertyCodec(codecOf({ type: "u16", values: { true: 1, false: 0, maybe: 2 } }), p.boolean());
  assert.throws(() => third.decode(bytesOf("0002")), {
    message: 'the device sent "maybe", which is neither true nor false',
  });
});

test("writes the tenths that a person meant, although 32 bits hold others", () => {
  const codec = propertyCodec(codecOf({ type: "u16", scale: 0.01 }), p.float({ access: "rw" }));
  assert.deepEqual(codec.encode(Math.fround(21.555)), bytesOf("086c"));
});

test("refuses what the property cannot hold", () => {
  const table: readonly [CodecSpec, Parameters<typeof propertyCodec>[1], RegExp][] = [
    [{ type: "f32" }, p.int(), /a fraction.*type INT cannot hold; declare it FLOAT or DOUBLE, or say how to "round"$/],
    [{ type: "u16", scale: 0.1 }, p.int64(), /a fraction/],
    [{ type: "u16", values: { ON: 1 } }, p.int(), /^reads text, which a property of type INT cannot hold$/],
    [{ type: "u16" }, p.string(), /^reads numbers, which a property of type STRING/],
    [{ type: "string", length: 2 }, p.bytes(), /^reads text, which a property of type BYTES/],
    [{ type: "bytes", length: 2 }, p.boolean(), /^reads bytes, which a property of type BOOLEAN/],
  ];
  for (const [spec, property, message] of table)
    assert.throws(() => propertyCodec(codecOf(spec), property), { code: "CONFIG_INVALID", message });
});

test("takes what the property can hold", () => {
  assert.equal(propertyCodec(codecOf({ type: "u16", scale: 0.1, round: "down" }), p.int()).decode(bytesOf("00d7")), 21);
  assert.equal(propertyCodec(codecOf({ type: "u16", scale: 10 }), p.int()).decode(bytesOf("0007")), 70);
  assert.equal(propertyCodec(codecOf({ type: "u64" }), p.int64()).decode(bytesOf("ffffffffffffffff")), 2n ** 64n - 1n);
  assert.equal(propertyCodec(codecOf({ type: "u8" }), p.double()).decode(bytesOf("07")), 7);
});
