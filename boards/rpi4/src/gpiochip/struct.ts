/** A number at a fixed place in a C struct. */
export interface Field<T> {
  readonly offset: number;
  readonly size: number;
  get(struct: Uint8Array): T;
  set(struct: Uint8Array, value: T): void;
}

/** A C struct as data: its size and where its fields are. Names are those of the header, so that both can be compared. */
export interface Struct<F extends Readonly<Record<string, Field<never>>>> {
  readonly size: number;
  readonly fields: F;
}

// Every Raspberry Pi kernel, and every machine the tests run on, is little-endian.
const view = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

/** `__u32`. */
export const u32 = (offset: number): Field<number> => ({
  offset,
  size: 4,
  get: (struct) => view(struct).getUint32(offset, true),
  set: (struct, value) => view(struct).setUint32(offset, value, true),
});

/** `__s32`. */
export const s32 = (offset: number): Field<number> => ({
  offset,
  size: 4,
  get: (struct) => view(struct).getInt32(offset, true),
  set: (struct, value) => view(struct).setInt32(offset, value, true),
});

/** `__aligned_u64`. */
export const u64 = (offset: number): Field<bigint> => ({
  offset,
  size: 8,
  get: (struct) => view(struct).getBigUint64(offset, true),
  set: (struct, value) => view(struct).setBigUint64(offset, value, true),
});

/** `char[size]`: text that ends at the first NUL. Setting keeps room for that NUL and refuses text that is too long. */
export const text = (offset: number, size: number): Field<string> => ({
  offset,
  size,
  get(struct) {
    const bytes = struct.subarray(offset, offset + size);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  },
  set(struct, value) {
    const bytes = new TextEncoder().encode(value);
    if (bytes.length >= size) throw new TypeError(`${JSON.stringify(value)} does not fit into ${size - 1} bytes`);
    struct.fill(0, offset, offset + size).set(bytes, offset);
  },
});

/** A field that is a struct or an array itself. */
export const bytes = (offset: number, size: number): Field<Uint8Array> => ({
  offset,
  size,
  get: (struct) => struct.subarray(offset, offset + size),
  set: (struct, value) => struct.set(value, offset),
});
