import { MapperError } from "../errors.ts";
import type { IntegerFormat } from "./integer-format.ts";

/** A whole number in bytes or bits. Up to 48 bits it is a `number`, beyond that a `bigint`. */
export interface RawInteger {
  readonly min: bigint;
  readonly max: bigint;
  /** @throws MapperError `DEVICE_IO` when the bits are no number of this format. */
  get(bytes: Uint8Array, from: number): number | bigint;
  /** `raw` has to be within `min` and `max`. Other bits of `target` stay. */
  put(raw: bigint, target: Uint8Array, at: number): void;
}

/** Which bits of the bytes hold the number; bit 0 is the least significant one. */
export interface BitRange {
  readonly at: number;
  readonly length: number;
}

/** The most bytes whose sum of powers a `number` holds exactly. */
const longestNumber = 6;

/** Reads and writes whole numbers of up to 8 bytes that lie at `positions`, most significant first. */
export function rawInteger(positions: readonly number[], format: IntegerFormat, bits?: BitRange): RawInteger {
  const width = bits?.length ?? positions.length * 8;
  const range = format.range(width);
  const shift = bits?.at ?? 0;
  const mask = (1n << BigInt(width)) - 1n;
  const put = (raw: bigint, target: Uint8Array, at: number) => {
    const kept = bits ? bigOf(positions, target, at) & ~(mask << BigInt(shift)) : 0n;
    let rest = kept | (format.encode(raw, width) << BigInt(shift));
    for (let index = positions.length - 1; index >= 0; index--) {
      target[at + (positions[index] as number)] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  };
  if (positions.length > longestNumber) {
    const get = (bytes: Uint8Array, from: number) =>
      checked(format.decodeBig((bigOf(positions, bytes, from) >> BigInt(shift)) & mask, width), bytes, from);
    return { ...range, get, put };
  }
  const divisor = 2 ** shift;
  const modulus = 2 ** width;
  const get = (bytes: Uint8Array, from: number) => {
    let sum = 0;
    for (let index = 0; index < positions.length; index++)
      sum = sum * 256 + (bytes[from + (positions[index] as number)] as number);
    return checked(format.decode(bits ? Math.floor(sum / divisor) % modulus : sum, width), bytes, from);
  };
  return { ...range, get, put };

  function checked<T>(value: T | undefined, bytes: Uint8Array, from: number): T {
    if (value !== undefined) return value;
    const sent = Buffer.from(bytes.subarray(from, from + positions.length)).toString("hex");
    throw new MapperError("DEVICE_IO", `the device sent 0x${sent}, which is no ${format.name}`);
  }
}

function bigOf(positions: readonly number[], bytes: Uint8Array, from: number): bigint {
  const half = Math.max(0, positions.length - 4);
  let high = 0;
  let low = 0;
  for (let index = 0; index < half; index++) high = high * 256 + (bytes[from + (positions[index] as number)] as number);
  for (let index = half; index < positions.length; index++)
    low = low * 256 + (bytes[from + (positions[index] as number)] as number);
  return (BigInt(high) << 32n) | BigInt(low);
}
