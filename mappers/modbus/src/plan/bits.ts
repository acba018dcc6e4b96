/** `count` bits of a packed block from bit `from` on, packed again with the first one in bit 0. */
export function bitsFrom(block: Uint8Array, from: number, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (let index = 0; index < count; index++) {
    const at = from + index;
    const bit = ((block[at >> 3] as number) >> (at & 7)) & 1;
    bits[index >> 3] = (bits[index >> 3] as number) | (bit << (index & 7));
  }
  return bits;
}

/** The first `count` bits of packed bytes as states. */
export const statesOf = (bytes: Uint8Array, count: number): boolean[] =>
  Array.from({ length: count }, (_, index) => (((bytes[index >> 3] as number) >> (index & 7)) & 1) === 1);
