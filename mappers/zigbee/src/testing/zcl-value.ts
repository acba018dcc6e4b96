/** Data types that the emulated devices use (Zigbee Cluster Library 2.6.2, table 2-10). */
export const zclTypes = {
  boolean: 0x10,
  bitmap8: 0x18,
  bitmap16: 0x19,
  uint8: 0x20,
  uint16: 0x21,
  uint24: 0x22,
  uint32: 0x23,
  uint48: 0x25,
  int8: 0x28,
  int16: 0x29,
  int24: 0x2a,
  int32: 0x2b,
  enum8: 0x30,
  enum16: 0x31,
  string: 0x42,
  ieee: 0xf0,
} as const;

/** Name of a data type. */
export type ZclType = keyof typeof zclTypes;
/** What an attribute holds. */
export type ZclValue = number | boolean | string;

const widths: Partial<Record<ZclType, number>> = {
  boolean: 1,
  bitmap8: 1,
  bitmap16: 2,
  uint8: 1,
  uint16: 2,
  uint24: 3,
  uint32: 4,
  uint48: 6,
  int8: 1,
  int16: 2,
  int24: 3,
  int32: 4,
  enum8: 1,
  enum16: 2,
};

/** The type with this number. @throws Error when no emulated device uses it. */
export function zclTypeOf(id: number): ZclType {
  const found = Object.entries(zclTypes).find(([, known]) => known === id);
  if (!found) throw new Error(`no emulated device has attributes of type 0x${id.toString(16)}`);
  return found[0] as ZclType;
}

/** A value as it lies in a frame, without its type. @throws RangeError when the type does not hold it. */
export function encodeZcl(type: ZclType, value: ZclValue): Buffer {
  if (type === "string") {
    const text = Buffer.from(String(value));
    return Buffer.concat([Buffer.of(text.length), text]);
  }
  if (type === "ieee") return Buffer.from(String(value).slice(2), "hex").reverse();
  const width = widths[type] as number;
  const bytes = Buffer.alloc(width);
  if (type.startsWith("int")) bytes.writeIntLE(Number(value), 0, width);
  else bytes.writeUIntLE(Number(value), 0, width);
  return bytes;
}

/** The value at `offset`, and how many bytes it takes. @throws RangeError when the bytes end before. */
export function decodeZcl(
  type: ZclType,
  bytes: Buffer,
  offset: number,
): { readonly value: ZclValue; readonly size: number } {
  if (type === "string") {
    const length = bytes.readUInt8(offset);
    const end = offset + 1 + length;
    if (end > bytes.length) throw new RangeError(`a text of ${length} bytes ends after the frame`);
    return { value: bytes.toString("utf8", offset + 1, end), size: length + 1 };
  }
  if (type === "ieee") {
    if (offset + 8 > bytes.length) throw new RangeError("an address ends after the frame");
    return {
      value: `0x${Buffer.from(bytes.subarray(offset, offset + 8))
        .reverse()
        .toString("hex")}`,
      size: 8,
    };
  }
  const size = widths[type] as number;
  const number = type.startsWith("int") ? bytes.readIntLE(offset, size) : bytes.readUIntLE(offset, size);
  return { value: type === "boolean" ? number === 1 : number, size };
}
