/** What the bits of a whole number mean. `width` is how many there are, 1 to 64. */
export interface IntegerFormat {
  /** Ends the sentence "the device sent 0x1a, which is no …". */
  readonly name: string;
  range(width: number): { readonly min: bigint; readonly max: bigint };
  /** The number that `bits` (0 to 2^width - 1, at most 48 bits) means; undefined when it means none. */
  decode(bits: number, width: number): number | undefined;
  /** The same for any width. */
  decodeBig(bits: bigint, width: number): bigint | undefined;
  /** The bits for a number within the range. */
  encode(value: bigint, width: number): bigint;
}

/** Bits as they are. */
export const unsigned: IntegerFormat = {
  name: "unsigned number",
  range: (width) => ({ min: 0n, max: (1n << BigInt(width)) - 1n }),
  decode: (bits) => bits,
  decodeBig: (bits) => bits,
  encode: (value) => value,
};

/** Two's complement. */
export const signed: IntegerFormat = {
  name: "signed number",
  range: (width) => ({ min: -(1n << BigInt(width - 1)), max: (1n << BigInt(width - 1)) - 1n }),
  decode: (bits, width) => (bits >= 2 ** (width - 1) ? bits - 2 ** width : bits),
  decodeBig: (bits, width) => BigInt.asIntN(width, bits),
  encode: (value, width) => BigInt.asUintN(width, value),
};

/** Binary-coded decimal: each digit in `digitBits` bits, the highest digit in what is left of the width. */
function bcd(name: string, digitBits: 4 | 8): IntegerFormat {
  const base = 2 ** digitBits;
  const big = BigInt(base);
  const digits = (width: number) => Math.floor(width / digitBits);
  const topDigit = (width: number) => Math.min(9, 2 ** (width % digitBits) - 1);
  return {
    name,
    range: (width) => ({
      min: 0n,
      max: BigInt(topDigit(width)) * 10n ** BigInt(digits(width)) + 10n ** BigInt(digits(width)) - 1n,
    }),
    decode(bits) {
      let value = 0;
      let weight = 1;
      for (let rest = bits; rest > 0; rest = Math.floor(rest / base)) {
        const digit = rest % base;
        if (digit > 9) return undefined;
        value += digit * weight;
        weight *= 10;
      }
      return value;
    },
    decodeBig(bits) {
      let value = 0n;
      let weight = 1n;
      for (let rest = bits; rest > 0n; rest /= big) {
        const digit = rest % big;
        if (digit > 9n) return undefined;
        value += digit * weight;
        weight *= 10n;
      }
      return value;
    },
    encode(value) {
      let bits = 0n;
      let weight = 1n;
      for (let rest = value; rest > 0n; rest /= 10n) {
        bits += (rest % 10n) * weight;
        weight *= big;
      }
      return bits;
    },
  };
}

/** Two decimal digits in each byte. */
export const packedBcd = bcd("packed BCD number", 4);
/** One decimal digit in each byte. */
export const unpackedBcd = bcd("unpacked BCD number", 8);
