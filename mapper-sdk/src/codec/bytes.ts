import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec } from "./codec.ts";

/** Bytes as they are, in their order. */
export function bytesCodec(positions: readonly number[]): Codec {
  const byteLength = positions.length;
  return {
    byteLength,
    kind: "bytes",
    whole: false,
    partial: false,
    decode: (bytes, from = 0) => Uint8Array.from(positions, (position) => bytes[from + position] as number),
    encode(value, target = new Uint8Array(byteLength), at = 0) {
      if (!(value instanceof Uint8Array) || value.length !== byteLength)
        throw new MapperError("VALUE_INVALID", `expected ${byteLength} bytes, got ${showValue(value)}`);
      for (const [index, position] of positions.entries()) target[at + position] = value[index] as number;
      return target;
    },
  };
}
