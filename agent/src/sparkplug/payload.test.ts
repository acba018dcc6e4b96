import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Value } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { type DataType, dataTypes, decodeCommand, encodePayload } from "./payload.ts";

interface Decoded {
  readonly seq: unknown;
  readonly metrics: readonly { name: string; alias: unknown; type: string; value: unknown; timestamp: unknown }[];
}
interface Codec {
  encodePayload(payload: object): Uint8Array;
  decodePayload(bytes: Uint8Array): Decoded;
}
/** The codec of Eclipse Tahu. */
const tahu = (createRequire(import.meta.url)("sparkplug-payload") as { get(version: string): Codec }).get("spBv1.0");

const values: fc.Arbitrary<readonly [DataType, string, Value]> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => [dataTypes.Int64, "Int64", value] as const),
  fc.double({ noNaN: true }).map((value) => [dataTypes.Double, "Double", value] as const),
  fc.float({ noNaN: true }).map((value) => [dataTypes.Float, "Float", value] as const),
  fc.boolean().map((value) => [dataTypes.Boolean, "Boolean", value] as const),
  fc.string({ unit: "grapheme" }).map((value) => [dataTypes.String, "String", value] as const),
  fc.uint8Array().map((value) => [dataTypes.Bytes, "Bytes", value] as const),
);

const plain = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : Object.is(value, -0) ? "-0" : String(value);
/** Tahu gives the bits of a signed number as they are. */
const asSigned = (type: string, value: unknown): unknown =>
  type === "Int64" ? BigInt.asIntN(64, BigInt(String(value))) : value;

test("an independent decoder reads every value, name, alias and sequence number", () => {
  fc.assert(
    fc.property(
      values,
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.nat(),
      fc.nat(255),
      (one, name, alias, seq) => {
        const [datatype, type, value] = one;
        const metrics = [{ name, alias, datatype, timestamp: 1_700_000_000_000, value }];
        const read = tahu.decodePayload(encodePayload({ timestamp: 1, metrics, seq }));
        const [metric] = read.metrics;
        assert.deepEqual(
          [metric?.name, Number(metric?.alias), metric?.type, Number(read.seq)],
          [name, alias, type, seq],
        );
        assert.equal(plain(asSigned(type, metric?.value)), plain(value));
        assert.equal(Number(metric?.timestamp), 1_700_000_000_000);
      },
    ),
  );
});

test("commands of an independent encoder are read", () => {
  fc.assert(
    fc.property(values, fc.string({ minLength: 1 }), (one, name) => {
      const [, type, value] = one;
      if (type === "Int64") return; // it wants an object of a library of its own for those
      const [read] = decodeCommand(tahu.encodePayload({ timestamp: 1, metrics: [{ name, type, value }] }));
      assert.equal(read?.name, name);
      assert.equal(plain(read?.value), plain(value));
    }),
  );
  const [negative] = decodeCommand(
    tahu.encodePayload({ timestamp: 1, metrics: [{ name: "n", type: "Int32", value: -5 }] }),
  );
  assert.equal(negative?.value, -5n);
});

test("any bytes end in metrics or in an error that names them", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        decodeCommand(bytes);
      } catch (error) {
        assert.match(String(error), /the bytes are no message/);
      }
    }),
  );
});
