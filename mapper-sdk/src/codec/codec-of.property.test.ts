import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { byteOrders } from "./byte-order.ts";
import type { Codec } from "./codec.ts";
import { codecOf } from "./codec-of.ts";
import type { CodecSpec } from "./codec-spec.ts";
import { codecTypes, typeFacts } from "./codec-type.ts";

const possible = (spec: CodecSpec): Codec | undefined => {
  try {
    return codecOf(spec);
  } catch {
    return undefined;
  }
};

const combinations = codecTypes
  .filter((type) => type !== "string" && type !== "bytes")
  .flatMap((type) => byteOrders.map((order): CodecSpec => ({ type, order })))
  .filter((spec) => possible(spec) !== undefined);

const spec = fc.constantFrom(...combinations);
const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 });

/** What the bytes mean, or undefined when they mean nothing, such as NaN or a digit above 9. */
const decoded = (codec: Codec, given: Uint8Array) => {
  try {
    return codec.decode(given);
  } catch {
    return undefined;
  }
};

test("every type has every order that its width allows", () => {
  for (const type of ["u16", "i32", "f32", "u64", "f64"])
    for (const order of ["big", "little", "byte-swap", "word-swap"] as const)
      assert.ok(
        combinations.some((known) => known.type === type && known.order === order),
        `${type} ${order}`,
      );
});

test("whatever bytes mean, writing it gives the same bytes", () => {
  fc.assert(
    fc.property(spec, bytes, (spec, given) => {
      const codec = codecOf(spec);
      const own = given.subarray(0, codec.byteLength);
      const value = decoded(codec, own);
      if (value === undefined) return;
      assert.deepEqual([...codec.encode(value)], [...own]);
    }),
    { numRuns: 2000 },
  );
});

test("an order only says where the bytes lie", () => {
  fc.assert(
    fc.property(spec, bytes, (spec, given) => {
      const codec = codecOf(spec);
      const plain = codecOf({ ...spec, order: "big" });
      const value = decoded(plain, given.subarray(0, codec.byteLength));
      if (value === undefined) return;
      const there = codec.encode(value);
      assert.deepEqual(codec.decode(there), value);
      assert.deepEqual([...there].sort(), [...given.subarray(0, codec.byteLength)].sort());
    }),
  );
});

const decimals = fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 0, max: 9 }));
const decimal = ([digits, places]: [number, number]) => Number(`${digits}e-${places}`);

test("a scaled value is the number nearest to the decimal result, and comes back to the same raw number", () => {
  const integers = combinations.filter(
    (known) => typeFacts(known.type).sort === "integer" && !known.type.endsWith("56") && !known.type.endsWith("64"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...integers), bytes, decimals, decimals, (spec, given, scale, offset) => {
      fc.pre(scale[0] !== 0);
      const own = given.subarray(0, codecOf(spec).byteLength);
      const raw = decoded(codecOf(spec), own);
      if (raw === undefined) return;
      const codec = codecOf({ ...spec, scale: decimal(scale), offset: decimal(offset) });
      const places = Math.max(scale[1], offset[1]);
      const exact =
        BigInt(raw as number) * BigInt(scale[0]) * 10n ** BigInt(places - scale[1]) +
        BigInt(offset[0]) * 10n ** BigInt(places - offset[1]);
      const value = codec.decode(own);
      assert.equal(Number(value) + 0, Number(`${exact}e-${places}`) + 0);
      if (exact < 10n ** 15n && exact > -(10n ** 15n)) assert.deepEqual([...codec.encode(value)], [...own]);
    }),
    { numRuns: 1000 },
  );
});

test("bits are what shifting and masking gives, and writing them changes no other", () => {
  fc.assert(
    fc.property(bytes, fc.nat(63), fc.integer({ min: 1, max: 64 }), fc.boolean(), (given, at, length, negative) => {
      fc.pre(at + length <= 64);
      const codec = codecOf({ type: negative ? "i64" : "u64", bits: { at, length } });
      const all = Buffer.from(given).readBigUInt64BE();
      const field = (all >> BigInt(at)) & ((1n << BigInt(length)) - 1n);
      const expected = negative ? BigInt.asIntN(length, field) : field;
      assert.equal(BigInt(codec.decode(given) as bigint), expected);
      const inverse = (1n << BigInt(length)) - 1n - field;
      const other = Uint8Array.from(given);
      codec.encode(negative ? BigInt.asIntN(length, inverse) : inverse, other);
      const mask = ((1n << BigInt(length)) - 1n) << BigInt(at);
      assert.equal(Buffer.from(other).readBigUInt64BE(), all ^ mask);
    }),
  );
});

test("text comes back as it was written, or is refused", () => {
  const text = fc.string({ unit: "binary", maxLength: 8 });
  const options = fc.record({
    encoding: fc.constantFrom("ascii", "latin1", "utf-8"),
    pad: fc.constantFrom("nul", "space"),
    order: fc.constantFrom("big", "byte-swap", "word-swap", "little"),
  });
  fc.assert(
    fc.property(text, options, (given, options) => {
      const codec = codecOf({ type: "string", length: 16, ...options } as CodecSpec);
      let written: Uint8Array;
      try {
        written = codec.encode(given);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "VALUE_INVALID");
        return;
      }
      assert.equal(codec.decode(written), options.pad === "space" ? given.replace(/ +$/, "") : given);
    }),
  );
});
