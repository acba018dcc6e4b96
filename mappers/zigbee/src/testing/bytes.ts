/** Little endian, as everything in Zigbee and MT is. */
export const u16 = (value: number): Buffer => Buffer.of(value & 0xff, (value >> 8) & 0xff);

/** Four bytes, little endian. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** An IEEE address like `"0x00124b0011223344"` as it lies in frames: the last byte first. */
export const eui64 = (address: string): Buffer => Buffer.from(address.replace(/^0x/, ""), "hex").reverse();

/** The address that lies in `bytes` at `offset`. */
export const eui64At = (bytes: Buffer, offset: number): string =>
  `0x${Buffer.from(bytes.subarray(offset, offset + 8))
    .reverse()
    .toString("hex")}`;

/** Bytes and single numbers below 256, one after the other. */
export const join = (...parts: readonly (Uint8Array | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : part)));
