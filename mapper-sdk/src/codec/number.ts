import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec, CodecValue } from "./codec.ts";
import type { RawInteger } from "./integer.ts";
import type { Scaling } from "./scaling.ts";

/** How a scaled value becomes a whole number when it is read. */
export const roundings = ["nearest", "down", "up", "toward-zero"] as const;
export type Rounding = (typeof roundings)[number];

const rounders: Readonly<Record<Rounding, (value: number) => number>> = {
  nearest: (value) => (value < 0 ? -Math.round(-value) : Math.round(value)),
  down: Math.floor,
  up: Math.ceil,
  "toward-zero": Math.trunc,
};

/** What lies between the bits and the value. */
export interface NumberOptions {
  readonly scaling?: Scaling | undefined;
  readonly round?: Rounding | undefined;
  /** Raw numbers by which the device says that it has no value. */
  readonly noValue: readonly number[];
}

/** A whole number in bytes, scaled or not. */
export function numberCodec(
  raw: RawInteger,
  shape: Pick<Codec, "byteLength" | "partial">,
  { scaling, round, noValue }: NumberOptions,
): Codec {
  const whole = scaling === undefined || scaling.whole || round !== undefined;
  const exactEnd = (end: bigint) => (scaling?.whole ? scaling.wholeValueOf(end) : end);
  const big = (scaling === undefined || scaling.whole) && ![raw.min, raw.max].map(exactEnd).every(isSafe);
  const check = (given: number | bigint) => {
    if (noValue.length > 0 && noValue.includes(Number(given)))
      throw new MapperError("DEVICE_IO", `the device sent ${given}, its mark for "no value"`);
  };
  const scaled = (given: number | bigint): number | bigint => {
    if (big) return scaling ? scaling.wholeValueOf(BigInt(given)) : BigInt(given);
    const value = scaling ? scaling.valueOf(given) : Number(given);
    return (round && !scaling?.whole ? rounders[round](value) : value) + 0; // + 0: no -0
  };
  return {
    ...shape,
    kind: big ? "bigint" : "number",
    whole,
    decode(bytes, from = 0) {
      const given = raw.get(bytes, from);
      check(given);
      return scaled(given);
    },
    encode(value, target = new Uint8Array(shape.byteLength), at = 0) {
      const number = numberOf(value);
      const wanted = scaling ? scaling.rawOf(number) : wholeRaw(number);
      if (wanted === undefined || wanted < raw.min || wanted > raw.max) throw refusal(value, "");
      if (noValue.includes(Number(wanted))) throw refusal(value, ', but not the mark for "no value"');
      raw.put(wanted, target, at);
      return target;
    },
  };

  function refusal(value: CodecValue, except: string): MapperError {
    const ends = [raw.min, raw.max].map((end) => (scaling ? scaling.valueOf(end) : end));
    const [from, to] = scaling && scaling.valueOf(1) < scaling.valueOf(0) ? ends.reverse() : ends;
    const what = whole && round === undefined ? "a whole number" : "a number";
    return new MapperError("VALUE_INVALID", `expected ${what} from ${from} to ${to}${except}, got ${showValue(value)}`);
  }
}

const isSafe = (value: bigint): boolean => BigInt.asIntN(54, value) === value;

/** Without a scale there is nothing to round to: 1.5 in a whole number would be another value. */
const wholeRaw = (value: number | bigint): bigint | undefined =>
  typeof value === "bigint" ? value : Number.isInteger(value) ? BigInt(value) : undefined;

function numberOf(value: CodecValue): number | bigint {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return value;
  throw new MapperError("VALUE_INVALID", `expected a number, got ${showValue(value)}`);
}
