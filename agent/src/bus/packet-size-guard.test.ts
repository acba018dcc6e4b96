import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PacketSizeGuard } from "./packet-size-guard.ts";

/** An MQTT packet of `length` body bytes. */
function packet(length: number): Uint8Array {
  const header = [0x30];
  let rest = length;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

function feed(guard: PacketSizeGuard, bytes: Uint8Array, cuts: readonly number[]): number | undefined {
  const sorted = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < sorted.length; index++) {
    const excess = guard.excess(bytes.subarray(sorted[index - 1], sorted[index]));
    if (excess !== undefined) return excess;
  }
  return undefined;
}

test("packets up to the limit pass, however the stream is cut", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lengths, fc.array(fc.nat(), { maxLength: 8 }), (sizes, cuts) => {
      assert.equal(feed(new PacketSizeGuard(400), Buffer.concat(sizes.map(packet)), cuts), undefined);
    }),
  );
});

test("the first packet beyond the limit is found in its header, however the stream is cut", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 401, max: 40_000 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (sizes, big, cuts) => {
        const stream = Buffer.concat([...sizes.map(packet), packet(big).subarray(0, 5)]);
        assert.ok((feed(new PacketSizeGuard(400), stream, cuts) ?? 0) > 400);
      },
    ),
  );
});

test("a packet that announces 256 MB is refused before its body arrives", () => {
  assert.equal(new PacketSizeGuard(1000).excess(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f)), 16_383);
});
