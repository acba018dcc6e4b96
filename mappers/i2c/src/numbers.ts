/** Two bytes as an unsigned number, high byte first. */
export const u16be = (bytes: Uint8Array, at = 0): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Two bytes as a signed number, high byte first. */
export const i16be = (bytes: Uint8Array, at = 0): number => (u16be(bytes, at) << 16) >> 16;

/** Two bytes as an unsigned number, low byte first. */
export const u16le = (bytes: Uint8Array, at = 0): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

/** Two bytes as a signed number, low byte first. */
export const i16le = (bytes: Uint8Array, at = 0): number => (u16le(bytes, at) << 16) >> 16;

/** `value` without what binary fractions add: 21.1 instead of 21.099999999999998. */
export const decimals = (value: number, digits: number): number => Number(value.toFixed(digits));
