/** A number as people write it: `digits * 10^exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The decimal that a finite number shows as: 0.1 is one tenth, not the nearest fraction of two. */
export function decimalOf(value: number | bigint): Decimal {
  const text = String(value);
  const [mantissa = "", power = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** `digits` of the same value with `exponent`, which must not be above its own. */
export const digitsAt = ({ digits, exponent }: Decimal, wanted: number): bigint =>
  digits * 10n ** BigInt(exponent - wanted);

/** `dividend / divisor` rounded to the nearest whole number, halves away from zero. */
export function divideToNearest(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const above = dividend < 0n ? -dividend : dividend;
  const below = divisor < 0n ? -divisor : divisor;
  const nearest = (2n * above + below) / (2n * below);
  return negative ? -nearest : nearest;
}
