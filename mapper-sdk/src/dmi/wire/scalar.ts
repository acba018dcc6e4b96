import type { Reader } from "./reader.ts";
import { type WireType, type Writer, wireTypes } from "./writer.ts";

/** A protobuf type that is no message: how it is laid out, and what stands for "not sent". */
export interface Scalar<T> {
  readonly wireType: WireType;
  readonly zero: T;
  read(reader: Reader): T;
  write(writer: Writer, value: T): void;
}

export const text: Scalar<string> = {
  wireType: wireTypes.lengthDelimited,
  zero: "",
  read: (reader) => reader.text(),
  write: (writer, value) => writer.text(value),
};

export const bytes: Scalar<Uint8Array> = {
  wireType: wireTypes.lengthDelimited,
  zero: new Uint8Array(0),
  read: (reader) => reader.bytes(),
  write: (writer, value) => writer.delimited(value),
};

export const bool: Scalar<boolean> = {
  wireType: wireTypes.varint,
  zero: false,
  read: (reader) => reader.varint64() !== 0n,
  write: (writer, value) => writer.varint(value ? 1 : 0),
};

export const int64: Scalar<bigint> = {
  wireType: wireTypes.varint,
  zero: 0n,
  read: (reader) => BigInt.asIntN(64, reader.varint64()),
  write: (writer, value) => writer.varint64(value),
};

export const uint64: Scalar<bigint> = {
  wireType: wireTypes.varint,
  zero: 0n,
  read: (reader) => reader.varint64(),
  write: (writer, value) => writer.varint64(value),
};

/** int32; also reads what a sender of int64 put there, the low 32 bits of it, as the specification says. */
export const int32: Scalar<number> = {
  wireType: wireTypes.varint,
  zero: 0,
  read: (reader) => Number(BigInt.asIntN(32, reader.varint64())),
  write: (writer, value) => writer.varint64(BigInt(Math.trunc(value))),
};

/**
 * int64 as a `number`, for cycles, time-outs and ports: what 2^53 cannot hold is cut to ±(2^53 - 1), so that one absurd
 * value cannot keep the rest of its message from being read.
 */
export const whole: Scalar<number> = {
  wireType: wireTypes.varint,
  zero: 0,
  read: (reader) => safe(BigInt.asIntN(64, reader.varint64())),
  write: (writer, value) => writer.varint64(BigInt(Math.trunc(value))),
};

export const double: Scalar<number> = {
  wireType: wireTypes.fixed64,
  zero: 0,
  read: (reader) => reader.double(),
  write: (writer, value) => writer.double(value),
};

export const float: Scalar<number> = {
  wireType: wireTypes.fixed32,
  zero: 0,
  read: (reader) => reader.float(),
  write: (writer, value) => writer.float(value),
};

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  return value < BigInt(-Number.MAX_SAFE_INTEGER) ? -Number.MAX_SAFE_INTEGER : Number(value);
}
