/** A cyclic redundancy check as the catalogue of CRC algorithms (Greg Cook, reveng.sourceforge.io/crc-catalogue) has it. */
export interface CrcParameters {
  readonly width: 8 | 16;
  readonly polynomial: number;
  readonly initial: number;
  /** Whether the least significant bit of each byte comes first. */
  readonly reflected: boolean;
}

/** The checksum of `bytes[from]` up to but not including `bytes[to]`. */
export type Crc = (bytes: Uint8Array, from?: number, to?: number) => number;

/** Compiles a checksum with a table of 256 entries. All of the family here end without a final XOR. */
export function crcOf({ width, polynomial, initial, reflected }: CrcParameters): Crc {
  const mask = 2 ** width - 1;
  const top = 2 ** (width - 1);
  const mirrored = reflected ? mirror(polynomial, width) : polynomial;
  const table = Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = reflected ? byte : byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) {
      if (reflected) crc = crc & 1 ? (crc >>> 1) ^ mirrored : crc >>> 1;
      else crc = (crc & top ? (crc << 1) ^ polynomial : crc << 1) & mask;
    }
    return crc;
  });
  const start = reflected ? mirror(initial, width) : initial;
  return (bytes, from = 0, to = bytes.length) => {
    let crc = start;
    for (let index = from; index < to; index++) {
      const byte = bytes[index] as number;
      crc = reflected
        ? (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number)
        : ((crc << 8) & mask) ^ (table[((crc >>> (width - 8)) ^ byte) & 0xff] as number);
    }
    return crc;
  };
}

function mirror(bits: number, width: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < width; bit++) if (bits & (1 << bit)) mirrored |= 1 << (width - 1 - bit);
  return mirrored;
}
