import { type Decimal, decimalOf, digitsAt, divideToNearest } from "./decimal.ts";

/** `value = raw * scale + offset`, computed with decimals: 3 times 0.1 is 0.3. */
export interface Scaling {
  /** Whether every whole raw number gives a whole value. */
  readonly whole: boolean;
  /** The value of a whole raw number, as the `number` nearest to the exact result. */
  valueOf(raw: number | bigint): number;
  /** The exact value of a whole raw number; only where `whole`. */
  wholeValueOf(raw: bigint): bigint;
  /** The value of a raw number with a fraction. */
  valueOfFraction(raw: number): number;
  /** The whole raw number nearest to the exact one; halves away from zero. */
  rawOf(value: number | bigint): bigint;
  /** The raw number with its fraction. */
  rawFractionOf(value: number): number;
}

/** Powers of ten up to here are exact as a `number`. */
const largestExactPower = 22;

/** @param range of the raw numbers; decides once whether plain arithmetic is exact. */
export function scaling(scale: number, offset: number, range: { readonly min: bigint; readonly max: bigint }): Scaling {
  const factor = decimalOf(scale);
  const summand = decimalOf(offset);
  const exponent = Math.min(factor.exponent, summand.exponent, 0);
  const times = digitsAt(factor, exponent);
  const plus = digitsAt(summand, exponent);
  const ends = [range.min * times + plus, range.max * times + plus, range.min * times, range.max * times, plus];
  const exact = -exponent <= largestExactPower && ends.every((end) => BigInt.asIntN(54, end) === end);

  const timesNumber = Number(times);
  const plusNumber = Number(plus);
  const divisor = Number(`1e${-exponent}`); // the parser is exact where a power may not be
  const rawDecimal = (value: number | bigint): { dividend: bigint; divisor: bigint } => {
    const given: Decimal = decimalOf(value);
    const common = Math.min(given.exponent, exponent);
    const grown = 10n ** BigInt(exponent - common);
    return { dividend: digitsAt(given, common) - plus * grown, divisor: times * grown };
  };
  return {
    whole: exponent === 0,
    // Both sides of the division are exact, so IEEE 754 makes its result the nearest number.
    valueOf: exact
      ? (raw) => (Number(raw) * timesNumber + plusNumber) / divisor
      : (raw) => Number(`${BigInt(raw) * times + plus}e${exponent}`),
    wholeValueOf: (raw) => raw * times + plus,
    valueOfFraction: (raw) => (raw * timesNumber + plusNumber) / divisor,
    rawOf(value) {
      const raw = rawDecimal(value);
      return divideToNearest(raw.dividend, raw.divisor);
    },
    rawFractionOf: (value) => (value * divisor - plusNumber) / timesNumber,
  };
}
