import { MapperError } from "../errors.ts";

/**
 * The order of the bytes of one value. `big` sends the most significant byte first, `little` the least; `byte-swap`
 * exchanges the two bytes of each 16-bit word, `word-swap` sends the least significant word first. The letters are
 * what Modbus tools call the same four, A being the most significant byte.
 */
export const byteOrders = [
  "big",
  "little",
  "byte-swap",
  "word-swap",
  "ABCD",
  "DCBA",
  "BADC",
  "CDAB",
  "AB",
  "BA",
  "ABCDEFGH",
  "HGFEDCBA",
  "BADCFEHG",
  "GHEFCDAB",
] as const;

/** One of `byteOrders`. */
export type ByteOrder = (typeof byteOrders)[number];

interface Swaps {
  readonly bytes: boolean;
  readonly words: boolean;
}

/** The first letter says it all: where A is. Words say it in words. */
const swaps: Readonly<Record<string, Swaps>> = {
  big: { bytes: false, words: false },
  little: { bytes: true, words: true },
  "byte-swap": { bytes: true, words: false },
  "word-swap": { bytes: false, words: true },
  ABCD: { bytes: false, words: false },
  DCBA: { bytes: true, words: true },
  BADC: { bytes: true, words: false },
  CDAB: { bytes: false, words: true },
  AB: { bytes: false, words: false },
  BA: { bytes: true, words: true },
  ABCDEFGH: { bytes: false, words: false },
  HGFEDCBA: { bytes: true, words: true },
  BADCFEHG: { bytes: true, words: false },
  GHEFCDAB: { bytes: false, words: true },
};

/**
 * Where each byte is found: `positions[0]` is the index of the most significant one.
 * @throws MapperError `CONFIG_INVALID` when a value of `byteLength` bytes cannot have this order.
 */
export function bytePositions(order: ByteOrder, byteLength: number): readonly number[] {
  const { bytes, words } = swaps[order] as Swaps;
  const letters = /^[A-H]+$/.test(order) ? order.length : undefined;
  // Tools use the four-letter names for longer values too, meaning the same pattern.
  if (letters !== undefined && letters !== byteLength && (letters !== 4 || byteLength < 4))
    throw new MapperError("CONFIG_INVALID", `order: ${order} is for ${letters} bytes, but the type has ${byteLength}`);
  if (byteLength % 2 === 1 && bytes !== words)
    throw new MapperError(
      "CONFIG_INVALID",
      `order: ${order} swaps words of two bytes, but the type has ${byteLength}; use "big" or "little"`,
    );
  return Array.from({ length: byteLength }, (_, significance) => {
    if (bytes && words) return byteLength - 1 - significance;
    const inOrder = words ? byteLength - 2 - significance + 2 * (significance % 2) : significance;
    return bytes ? inOrder ^ 1 : inOrder;
  });
}
