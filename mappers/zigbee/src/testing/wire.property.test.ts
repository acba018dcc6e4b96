import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeMtFrame, MtFrameReader } from "./mt-frame.ts";
import { decodeZclFrame, encodeZclFrame, type ZclFrame } from "./zcl-frame.ts";
import { decodeZcl, encodeZcl, type ZclType } from "./zcl-value.ts";

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const frame = fc.record({
  type: fc.constantFrom(1, 2, 3),
  subsystem: fc.integer({ min: 0, max: 31 }),
  command: fc.integer({ min: 0, max: 255 }),
  payload: bytes(250),
});

test("frames of the dongle come out as they went in, however the stream is cut, and behind noise", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (frames, cuts) => {
        const noise = Buffer.from([0x00, 0x12, 0x99]);
        const stream = Buffer.concat(frames.flatMap((one) => [noise, encodeMtFrame(one)]));
        const reader = new MtFrameReader();
        const found = [];
        for (let at = 0; at < stream.length; ) {
          const size = cuts.next().value as number;
          found.push(...reader.push(stream.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(
          found,
          frames.map((one) => ({ ...one })),
        );
      },
    ),
  );
});

test("a reader survives anything, and finds the whole frame behind it at last", () => {
  const whole = { type: 3, subsystem: 1, command: 1, payload: Buffer.of(0x59, 0x06) };
  fc.assert(
    fc.property(bytes(300), (noise) => {
      const reader = new MtFrameReader();
      reader.push(noise);
      let found = reader.push(encodeMtFrame(whole));
      // A start of a frame in the noise may still wait for its end.
      for (let nth = 0; nth < 60 && found.length === 0; nth++) found = reader.push(encodeMtFrame(whole));
      assert.deepEqual(found.at(-1), whole);
    }),
  );
});

const ranges: readonly (readonly [ZclType, number, number])[] = [
  ["uint8", 0, 0xff],
  ["uint16", 0, 0xffff],
  ["uint24", 0, 0xffffff],
  ["uint32", 0, 0xffffffff],
  ["uint48", 0, 0xffffffffffff],
  ["int8", -128, 127],
  ["int16", -32_768, 32_767],
  ["int24", -8_388_608, 8_388_607],
  ["int32", -2_147_483_648, 2_147_483_647],
];

test("values of every type come back as they were, and bytes that end too early are an error", () => {
  for (const [type, min, max] of ranges)
    fc.assert(
      fc.property(
        fc.maxSafeInteger().map((raw) => min + (Math.abs(raw) % (max - min + 1))),
        (value) => {
          const encoded = encodeZcl(type, value);
          assert.deepEqual(decodeZcl(type, encoded, 0), { value, size: encoded.length });
          assert.throws(() => decodeZcl(type, encoded.subarray(1), 0), RangeError);
        },
      ),
    );
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      assert.equal(decodeZcl("string", encodeZcl("string", text), 0).value, Buffer.from(text).toString("utf8"));
    }),
  );
});

test("frames of the cluster library come out as they went in", () => {
  const zcl: fc.Arbitrary<ZclFrame> = fc.record({
    scope: fc.constantFrom("global", "cluster"),
    fromServer: fc.boolean(),
    quiet: fc.boolean(),
    manufacturer: fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
    sequence: fc.integer({ min: 0, max: 255 }),
    command: fc.integer({ min: 0, max: 255 }),
    payload: bytes(80),
  });
  fc.assert(fc.property(zcl, (one) => assert.deepEqual(decodeZclFrame(encodeZclFrame(one)), { ...one })));
});
