/** What a floating number of IEEE 11073-20601 stands for when it is none: not a number, not at this resolution, infinite. */
const special32 = new Set([0x7fffff, 0x800000, 0x7ffffe, 0x800002, 0x800001]);
const special16 = new Set([0x7ff, 0x800, 0x7fe, 0x802, 0x801]);

/** A FLOAT of four bytes: a signed mantissa of 24 bits and a signed exponent of ten in the last byte. Undefined for none. */
export function medicalFloat32(data: Buffer, at: number): number | undefined {
  const mantissa = data.readUIntLE(at, 3);
  if (special32.has(mantissa)) return undefined;
  return scaled(data.readIntLE(at, 3), data.readInt8(at + 3));
}

/** An SFLOAT of two bytes: a signed mantissa of 12 bits below a signed exponent of ten. Undefined for none. */
export function medicalFloat16(data: Buffer, at: number): number | undefined {
  const raw = data.readUInt16LE(at);
  const mantissa = raw & 0xfff;
  if (special16.has(mantissa)) return undefined;
  return scaled((mantissa << 20) >> 20, data.readInt16LE(at) >> 12);
}

/** As the decimal number that was meant: 365 and -1 are 36.5. */
const scaled = (mantissa: number, exponent: number): number => Number(`${mantissa}e${exponent}`);
