/** Where registers are on a chip, and how their addresses are sent. */
export interface RegisterFormat {
  /** Bytes of a register's address. */
  readonly bytes: 0 | 1 | 2;
  readonly order: "big" | "little";
  /** Bits of a register's number that go into the chip's address, as EEPROMs of 512 to 2048 bytes do it. Default 0. */
  readonly bankBits?: number;
}

/** The bytes that are sent before those of the value, and what is added to the chip's address. */
export function registerAddress(
  { bytes, order, bankBits = 0 }: RegisterFormat,
  register: number,
): { readonly prefix: readonly number[]; readonly bank: number } {
  const low = register & 0xff;
  const high = (register >> 8) & 0xff;
  if (bytes === 0) return { prefix: [], bank: 0 };
  if (bytes === 1) return { prefix: [low], bank: bankBits > 0 ? high & ((1 << bankBits) - 1) : 0 };
  return { prefix: order === "big" ? [high, low] : [low, high], bank: 0 };
}
