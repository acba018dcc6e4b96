import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { configFromWire, configToWire, configValue } from "../host/config-value.ts";
import { mapperHost } from "../host/service.ts";
import * as v1alpha1 from "../v1alpha1/index.ts";
import * as v1beta1 from "../v1beta1/index.ts";
import { many, maybe, one } from "./field.ts";
import { map } from "./map-field.ts";
import { type Message, message } from "./message.ts";
import { bool, bytes, double, float, int32, int64, text, uint64, whole } from "./scalar.ts";

const inner = message("test.Inner", { name: one(1, text), tags: many(2, text) });
const everything = message("test.Everything", {
  text: one(1, text),
  bytes: one(2, bytes),
  bool: one(3, bool),
  int32: one(4, int32),
  int64: one(5, int64),
  uint64: one(6, uint64),
  whole: one(7, whole),
  double: one(8, double),
  float: one(9, float),
  inner: maybe(10, inner),
  inners: many(11, inner),
  texts: map(12, text),
  messages: map(200, inner),
  perhaps: maybe(536_870_911, int64),
});

const aText = fc.string({ unit: "binary" });
const ordinary = { noNullPrototype: true };
const aInner = fc.record({ name: aText, tags: fc.array(aText) }, ordinary);
const aMap = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(aText, value)).map((entries) => new Map(entries));

test("whatever is encoded is decoded again as it was", () => {
  const draft = fc.record(
    {
      text: aText,
      bytes: fc.uint8Array(),
      bool: fc.boolean(),
      int32: fc.integer(),
      int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      whole: fc.maxSafeInteger(),
      double: fc.double(),
      float: fc.float(),
      inner: fc.option(aInner, { nil: undefined }),
      inners: fc.array(aInner),
      texts: aMap(aText),
      messages: aMap(aInner),
      perhaps: fc.option(fc.constantFrom(0n, -1n, 7n), { nil: undefined }),
    },
    ordinary,
  );
  fc.assert(
    fc.property(draft, (given) => assert.deepEqual(everything.decode(everything.encode(given)), given)),
    { numRuns: 500 },
  );
});

describe("proto3 as the specification has it", () => {
  const decode = (hex: string) => everything.decode(Buffer.from(hex, "hex"));

  test("defaults are not sent, and are there when nothing was", () => {
    assert.equal(everything.encode({ text: "", int64: 0n, bool: false, inners: [], texts: new Map() }).length, 0);
    const { text, int64, inner, inners, perhaps } = decode("");
    assert.deepEqual(
      { text, int64, inner, inners, perhaps },
      { text: "", int64: 0n, inner: undefined, inners: [], perhaps: undefined },
    );
  });

  test("what may be missing is sent even when it is its default", () => {
    assert.equal(everything.decode(everything.encode({ perhaps: 0n })).perhaps, 0n);
    assert.deepEqual(everything.decode(everything.encode({ inner: {} })).inner, { name: "", tags: [] });
  });

  test("unknown fields of every layout are skipped, groups within groups too", () => {
    // 100 varint, 101 fixed64, 102 bytes, 103 group with a group and a varint in it, 104 fixed32, then text "x"
    const unknown = "a00601 a9060102030405060708 b20602ffff bb06c3060801c406bc06 c50601020304".replaceAll(" ", "");
    assert.equal(decode(`${unknown}0a0178`).text, "x");
  });

  test("a known field of another layout is skipped", () => assert.equal(decode("08050a0178").text, "x"));
  test("the last of a scalar wins", () => assert.equal(decode("0a01780a0179").text, "y"));
  test("a message that is sent twice is merged", () =>
    assert.deepEqual(decode("52030a016152031201625203120163").inner, { name: "a", tags: ["b", "c"] }));
  test("an entry of a map without a value has the default", () =>
    assert.deepEqual(decode("62030a0161").texts, new Map([["a", ""]])));
  test("an int32 that came as ten bytes is cut to its low 32 bits", () =>
    assert.equal(decode("20ffffffffffffffffff01").int32, -1));
  test("a whole number beyond 2^53 is cut to it, so that the rest of its message can be read", () =>
    assert.equal(decode("38ffffffffffffffff7f").whole, Number.MAX_SAFE_INTEGER));
  test("half a character becomes U+FFFD, because receivers refuse it", () =>
    assert.equal(everything.decode(everything.encode({ text: "a\ud800" })).text, "a\ufffd"));

  const broken: [string, string, RegExp][] = [
    ["ends in a tag", "80", /in the middle/],
    ["ends in a text", "0a0578", /in the middle/],
    ["claims a length of 2^63", "0affffffffffffffffff01", /in the middle/],
    ["has a number of eleven bytes", "28ffffffffffffffffffff01", /more than ten bytes/],
    ["has field number 0", "0001", /tag 1|tag 0/],
    ["has layout 6", "0e", /tag 14/],
    ["has text that is not UTF-8", "0a01ff", /UTF-8/],
    ["ends a group that did not begin", "bc06", /ends where it did not begin/],
    ["has groups without end", "bb06".repeat(2000), /nested more than 100/],
  ];
  for (const [what, hex, reason] of broken) {
    test(`bytes are refused when a message ${what}`, () =>
      assert.throws(() => decode(hex), { code: "DEVICE_IO", message: reason }));
  }

  test("bytes nested without end are refused", () => {
    let bytes: Uint8Array = Buffer.alloc(0);
    for (let level = 0; level < 120; level++) bytes = nest(bytes);
    assert.throws(() => configValue.decode(bytes), { code: "DEVICE_IO", message: /nested more than 100/ });
  });

  test("two fields of one number are a mistake of the author", () =>
    assert.throws(() => message("test.Twice", { a: one(1, text), b: one(1, text) }), TypeError));
});

/** A list of one item around the bytes of a ConfigValue. */
function nest(item: Uint8Array): Uint8Array {
  const header = (length: number, tag: number) => Buffer.concat([Buffer.of(tag), varint(length)]);
  const list = Buffer.concat([header(item.length, 0x0a), item]);
  return Buffer.concat([header(list.length, 0x32), list]);
}

const varint = (value: number): Buffer =>
  value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);

test("settings of any shape come back as they were", () => {
  const setting = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "binary" }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
      fc.uint8Array(),
      fc.array(tie("value")),
      fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value"), { noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(setting, (given) => {
      const back = configFromWire(configValue.decode(configValue.encode(configToWire(given))));
      assert.deepEqual(back, given);
    }),
    { numRuns: 500 },
  );
});

test("no bytes at all make any message of ours hang or throw anything but DEVICE_IO", () => {
  const services = [
    v1beta1.deviceManager,
    v1beta1.deviceMapper,
    v1alpha1.deviceManager,
    v1alpha1.deviceMapper,
    mapperHost,
  ];
  const types = services.flatMap(({ procedures }) =>
    Object.values(procedures).flatMap(({ request, response }) => [request, response] as Message[]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200, size: "max" }), (type, hostile) => {
      try {
        type.decode(hostile);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "DEVICE_IO");
      }
    }),
    { numRuns: 3000 },
  );
});
