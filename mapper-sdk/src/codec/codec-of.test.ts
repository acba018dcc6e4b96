import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fields } from "../fields.ts";
import { parse } from "../schema.ts";
import type { CodecValue } from "./codec.ts";
import { codecOf } from "./codec-of.ts";
import { type CodecSpec, codecFields } from "./codec-spec.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("bytes and the value they stand for, both ways", () => {
  const table: readonly [what: string, spec: CodecSpec, hex: string, value: CodecValue][] = [
    ["a byte", { type: "u8" }, "fe", 254],
    ["a signed byte", { type: "i8" }, "fe", -2],
    ["a register", { type: "u16" }, "fffe", 65534],
    ["a signed register", { type: "i16" }, "fffe", -2],
    ["a register with swapped bytes", { type: "u16", order: "BA" }, "3412", 0x1234],
    ["three bytes", { type: "u24" }, "123456", 0x123456],
    ["three signed bytes, lowest first", { type: "i24", order: "little" }, "feffff", -2],
    ["two registers", { type: "u32" }, "00010002", 65538],
    ["two registers ABCD", { type: "u32", order: "ABCD" }, "12345678", 0x12345678],
    ["two registers DCBA", { type: "u32", order: "DCBA" }, "78563412", 0x12345678],
    ["two registers BADC", { type: "u32", order: "BADC" }, "34127856", 0x12345678],
    ["two registers CDAB", { type: "u32", order: "CDAB" }, "56781234", 0x12345678],
    ["five bytes", { type: "u40" }, "0102030405", 0x0102030405],
    ["three registers", { type: "i48" }, "fffffffffffe", -2],
    ["three registers, lowest first", { type: "u48", order: "word-swap" }, "556633441122", 0x112233445566],
    ["seven bytes", { type: "u56" }, "01020304050607", 0x01020304050607n],
    ["four registers", { type: "u64" }, "ffffffffffffffff", 2n ** 64n - 1n],
    ["four signed registers", { type: "i64" }, "8000000000000000", -(2n ** 63n)],
    ["four registers GHEFCDAB", { type: "u64", order: "GHEFCDAB" }, "0708050603040102", 0x0102030405060708n],
    [
      "four registers CDAB, as tools call the same",
      { type: "u64", order: "CDAB" },
      "0708050603040102",
      0x0102030405060708n,
    ],
    ["four registers BADCFEHG", { type: "u64", order: "BADCFEHG" }, "0201040306050807", 0x0102030405060708n],
    // IEEE 754-2019 table 3.5: sign, 8 or 11 exponent bits, fraction.
    ["a float", { type: "f32" }, "41ac0000", 21.5],
    ["the largest float", { type: "f32" }, "7f7fffff", 3.4028234663852886e38],
    ["the smallest float", { type: "f32" }, "00000001", 1.401298464324817e-45],
    ["a float CDAB", { type: "f32", order: "CDAB" }, "000041ac", 21.5],
    ["a double", { type: "f64" }, "c005bf0a8b145769", -Math.E],
    ["a double DCBA", { type: "f64", order: "little" }, "6957148b0abf05c0", -Math.E],
    ["BCD", { type: "bcd16" }, "1234", 1234],
    ["long BCD", { type: "bcd64" }, "1234567890123456", 1234567890123456n],
    ["unpacked BCD", { type: "unpacked-bcd32" }, "01020304", 1234],
    ["tenths", { type: "i16", scale: 0.1 }, "0003", 0.3],
    ["tenths below zero", { type: "i16", scale: 0.1 }, "ff9d", -9.9],
    ["a scale and an offset", { type: "u16", scale: 0.1, offset: -40 }, "0289", 24.9],
    ["a negative scale", { type: "u16", scale: -0.5 }, "0003", -1.5],
    ["tens, which stay whole", { type: "u32", scale: 10 }, "00000007", 70],
    ["tens beyond 2^53", { type: "u64", scale: 10 }, "00ffffffffffffff", 720575940379279350n],
    ["a scaled float", { type: "f32", scale: 0.1 }, "40400000", 0.3],
    ["sixteenths of a degree, left-aligned", { type: "i16", bits: { at: 4, length: 12 }, scale: 0.0625 }, "e700", -25],
    ["one bit", { type: "u16", bits: { at: 3 } }, "0008", 1],
    ["some bits of BCD", { type: "bcd8", bits: { at: 0, length: 7 } }, "59", 59],
    ["some bits of eight bytes", { type: "i64", bits: { at: 60, length: 4 } }, "f000000000000000", -1],
    ["a name", { type: "u16", values: { OFF: 0, ON: 0xff00 } }, "ff00", "ON"],
    ["text", { type: "string", length: 6 }, "507756320000", "PwV2"],
    ["text with swapped bytes", { type: "string", length: 6, order: "byte-swap" }, "775032560000", "PwV2"],
    ["text with spaces behind", { type: "string", length: 6, pad: "space" }, "4120422020 20", "A B"],
    ["text of all its bytes", { type: "string", length: 2 }, "4142", "AB"],
    ["Latin-1 text", { type: "string", length: 3, encoding: "latin1" }, "b04300", "°C"],
    ["UTF-8 text", { type: "string", length: 4, encoding: "utf-8" }, "c2b04300", "°C"],
    ["bytes", { type: "bytes", length: 3 }, "010203", bytesOf("010203")],
  ];
  for (const [what, spec, hex, value] of table) {
    test(what, () => {
      const codec = codecOf(spec);
      const bytes = bytesOf(hex);
      assert.equal(codec.byteLength, bytes.length);
      assert.deepEqual(codec.decode(bytes), value);
      assert.deepEqual(codec.decode(bytesOf(`ffff${hex}ff`), 2), value);
      assert.deepEqual(codec.encode(value), bytes);
      assert.equal(typeof value, codec.kind === "bytes" ? "object" : codec.kind);
    });
  }
});

test("writes its own bits and leaves the others", () => {
  const codec = codecOf({ type: "u16", bits: { at: 3, length: 2 } });
  assert.equal(codec.partial, true);
  assert.deepEqual(codec.encode(2, bytesOf("aaffffbb"), 1), bytesOf("aafff7bb"));
  assert.deepEqual(
    codecOf({ type: "u64", bits: { at: 60, length: 4 } }).encode(5, bytesOf("ffffffffffffffff")),
    bytesOf("5fffffffffffffff"),
  );
});

test("rounds what is written to the nearest step, halves away from zero, as decimals have it", () => {
  const tenths = codecOf({ type: "i16", scale: 0.1 });
  const raw = (value: number) => Buffer.from(tenths.encode(value)).readInt16BE();
  assert.deepEqual([21.54, 21.55, -21.55, 0.05, 1.005].map(raw), [215, 216, -216, 1, 10]);
  assert.deepEqual(codecOf({ type: "u16", scale: 0.01 }).encode(1.005), bytesOf("0065"));
});

test("reads whole numbers where the visitor says how to round", () => {
  const round = (how: NonNullable<CodecSpec["round"]>, hex: string) =>
    codecOf({ type: "i16", scale: 0.1, round: how }).decode(bytesOf(hex));
  assert.deepEqual(
    (["nearest", "down", "up", "toward-zero"] as const).map((how) => [round(how, "00d7"), round(how, "ff29")]),
    [
      [22, -22],
      [21, -22],
      [22, -21],
      [21, -21],
    ],
  );
});

describe("what a device may send and a codec must not take for a value", () => {
  const table: readonly [what: string, spec: CodecSpec, hex: string, message: RegExp][] = [
    ["too few bytes", { type: "u32" }, "0102", /^the device sent 2 bytes where 4 were expected$/],
    ["nothing", { type: "f64" }, "", /^the device sent 0 bytes where 8/],
    ["a BCD digit above 9", { type: "bcd16" }, "1a34", /^the device sent 0x1a34, which is no packed BCD number$/],
    ["an unpacked digit above 9", { type: "unpacked-bcd16" }, "010a", /0x010a, which is no unpacked BCD/],
    ["a BCD digit above 9 in long BCD", { type: "bcd64" }, "00000000000000f0", /which is no packed BCD/],
    ["NaN", { type: "f32" }, "7fc00000", /^the device sent NaN, which is no number$/],
    ["infinity", { type: "f64", scale: 2 }, "7ff0000000000000", /^the device sent Infinity/],
    [
      "the mark for no value",
      { type: "i16", noValue: [-32768] },
      "8000",
      /^the device sent -32768, its mark for "no value"$/,
    ],
    [
      "a number without a name",
      { type: "u8", values: { OFF: 0 } },
      "07",
      /^the device sent 7, which has no name here$/,
    ],
    [
      "text that is not ASCII",
      { type: "string", length: 2 },
      "41ff",
      /^the device sent 0x41ff, which is no ascii text$/,
    ],
    [
      "broken UTF-8",
      { type: "string", length: 2, encoding: "utf-8" },
      "c300",
      /^the device sent 0xc3, which is no utf-8/,
    ],
  ];
  for (const [what, spec, hex, message] of table)
    test(what, () => assert.throws(() => codecOf(spec).decode(bytesOf(hex)), { code: "DEVICE_IO", message }));
});

describe("what does not fit is refused, never wrapped", () => {
  const table: readonly [spec: CodecSpec, value: CodecValue, message: RegExp][] = [
    [{ type: "u16" }, 65536, /^expected a whole number from 0 to 65535, got 65536$/],
    [{ type: "u16" }, -1, /^expected a whole number from 0 to 65535, got -1$/],
    [{ type: "u16" }, 1.5, /^expected a whole number from 0 to 65535, got 1.5$/],
    [{ type: "i64" }, 2n ** 63n, /^expected a whole number from -9223372036854775808 to 9223372036854775807, got/],
    [{ type: "u16", scale: 0.1, offset: -40 }, 7000, /^expected a number from -40 to 6513.5, got 7000$/],
    [{ type: "u8", scale: -1 }, 1, /^expected a whole number from -255 to 0, got 1$/],
    [{ type: "bcd8" }, 100, /^expected a whole number from 0 to 99, got 100$/],
    [{ type: "u16", bits: { at: 3, length: 2 } }, 4, /^expected a whole number from 0 to 3, got 4$/],
    [{ type: "i16", noValue: [-32768] }, -32768, /but not the mark for "no value", got -32768$/],
    [{ type: "f32" }, 1e39, /^expected a number that 32 bits can hold, got 1e\+39$/],
    [{ type: "f32" }, Number.NaN, /^expected a number, got NaN$/],
    [{ type: "u16" }, "7", /^expected a number, got "7"$/],
    [{ type: "u16", values: { OFF: 0, ON: 1 } }, "OM", /^expected "OFF" or "ON", got "OM"; did you mean "ON"\?$/],
    [{ type: "string", length: 2 }, "abc", /^expected text of at most 2 bytes, got 3: "abc"$/],
    [{ type: "string", length: 2, encoding: "utf-8" }, "°C", /at most 2 bytes, got 3/],
    [{ type: "string", length: 4 }, "°C", /^ascii text cannot hold "°": "°C"$/],
    [{ type: "string", length: 4, encoding: "utf-8" }, "a\0b", /^utf-8 text cannot hold "\\u0000"/],
    [{ type: "bytes", length: 2 }, bytesOf("01"), /^expected 2 bytes, got 0x01$/],
  ];
  for (const [spec, value, message] of table)
    test(`${JSON.stringify(spec)} refuses ${String(value)}`, () =>
      assert.throws(() => codecOf(spec).encode(value), { code: "VALUE_INVALID", message }));
});

describe("descriptions that make no sense are refused with the reason", () => {
  const schema = fields(codecFields);
  const table: readonly [spec: unknown, message: RegExp][] = [
    [{ type: "uint16" }, /^v\.type: expected a type such as .+, got "uint16"; did you mean "u16"\?$/],
    [{ type: "float" }, /did you mean "f32"\?$/],
    [{ type: "double" }, /did you mean "f64"\?$/],
    [{ type: "bool" }, /did you mean "u16" with "bits"\?$/],
    [{ type: "u17" }, /did you mean "u16"\?$/],
    [{}, /^v\.type: is missing; expected a type such as/],
    [{ type: "u16", ordre: "AB" }, /^v\.ordre: is not a setting here; did you mean "order"\?$/],
    [{ type: "u16", bits: { ta: 3 } }, /^v\.bits\.ta: is not a setting here.*\nv\.bits\.at: is missing/],
    [{ type: "u16", bits: 3 }, /^v\.bits: expected an object, got 3$/],
    [{ type: "u16", values: {} }, /^v\.values: expected names with their whole numbers, got {}$/],
    [{ type: "u16", noValue: ["x"] }, /^v\.noValue: expected a list of whole numbers/],
    [{ type: "u16", scale: 0 }, /^scale: 0 would make every value the same; leave it out for 1$/],
    [{ type: "string" }, /^length: is missing; how many bytes are the string\?$/],
    [{ type: "string", length: 2, scale: 2 }, /^scale: is not for the type string$/],
    [{ type: "f32", bits: { at: 1 } }, /^bits: is not for the type f32$/],
    [{ type: "u16", length: 2 }, /^length: is not for the type u16$/],
    [{ type: "u8", bits: { at: 7, length: 2 } }, /^bits: u8 has the bits 0 to 7, but these end at 8$/],
    [{ type: "u24", order: "CDAB" }, /^order: CDAB is for 4 bytes, but the type has 3$/],
    [
      { type: "u40", order: "CDAB" },
      /^order: CDAB swaps words of two bytes, but the type has 5; use "big" or "little"$/,
    ],
    [{ type: "u32", order: "AB" }, /^order: AB is for 2 bytes, but the type has 4$/],
    [{ type: "u8", values: { ON: 256 } }, /^values\.ON: expected a whole number from 0 to 255, got 256$/],
    [{ type: "u8", values: { ON: 1 }, scale: 2 }, /^values: names are for raw numbers/],
    [{ type: "u8", round: "nearest" }, /^round: there is nothing to round/],
  ];
  for (const [spec, message] of table)
    test(JSON.stringify(spec), () =>
      assert.throws(() => codecOf(parse(schema, spec, "v")), { code: "CONFIG_INVALID", message }),
    );
});

test("takes numbers as text, as manifests send them", () => {
  const spec = { type: "u16", scale: "0.1", offset: "-40", noValue: "65535", bits: { at: "0", length: "16" } };
  assert.equal(codecOf(parse(fields(codecFields), spec, "v")).decode(bytesOf("0289")), 24.9);
  const named = parse(fields(codecFields), { type: "u16", values: { ON: "255" } }, "v");
  assert.equal(codecOf(named).decode(bytesOf("00ff")), "ON");
});
