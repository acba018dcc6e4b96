import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec } from "./codec.ts";
import type { Scaling } from "./scaling.ts";

/** One value at a time passes here; both directions are synchronous. */
const scratch = new Uint8Array(8);
const view = new DataView(scratch.buffer);

/** IEEE 754 binary32 (4 positions) or binary64 (8 positions). NaN and the infinities are no values. */
export function floatCodec(positions: readonly number[], scaling: Scaling | undefined): Codec {
  const byteLength = positions.length;
  const get = byteLength === 4 ? () => view.getFloat32(0) : () => view.getFloat64(0);
  const put = byteLength === 4 ? (raw: number) => view.setFloat32(0, raw) : (raw: number) => view.setFloat64(0, raw);
  return {
    byteLength,
    kind: "number",
    whole: false,
    partial: false,
    decode(bytes, from = 0) {
      for (let index = 0; index < byteLength; index++)
        scratch[index] = bytes[from + (positions[index] as number)] as number;
      const raw = get();
      const value = scaling ? scaling.valueOfFraction(raw) : raw;
      if (!Number.isFinite(value)) throw new MapperError("DEVICE_IO", `the device sent ${raw}, which is no number`);
      return value;
    },
    encode(value, target = new Uint8Array(byteLength), at = 0) {
      const number = typeof value === "bigint" ? Number(value) : value;
      if (!Number.isFinite(number))
        throw new MapperError("VALUE_INVALID", `expected a number, got ${showValue(value)}`);
      put(scaling ? scaling.rawFractionOf(number as number) : (number as number));
      if (!Number.isFinite(get()))
        throw new MapperError("VALUE_INVALID", `expected a number that ${byteLength * 8} bits can hold, got ${value}`);
      for (let index = 0; index < byteLength; index++)
        target[at + (positions[index] as number)] = scratch[index] as number;
      return target;
    },
  };
}
