import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec } from "./codec.ts";
import { codecOf } from "./codec-of.ts";
import type { CodecType } from "./codec-type.ts";

/** The types that KubeEdge's mappers-go modbus driver knew. */
export type KubeEdgeModbusType = "int" | "float" | "double" | "boolean" | "string";

/** What a visitor of that driver says about decoding. */
export interface KubeEdgeModbusVisitor {
  readonly type: KubeEdgeModbusType;
  /** Of the answer: two for each register, one for eight coils. */
  readonly byteLength: number;
  /** Default 1; the driver took a missing one for 0, which made every value 0. */
  readonly scale?: number | undefined;
  /** Exchange the bytes of each register. */
  readonly isSwap?: boolean | undefined;
  /** Last register first. */
  readonly isRegisterSwap?: boolean | undefined;
}

const widths: Readonly<Record<KubeEdgeModbusType, Readonly<Record<number, CodecType>>>> = {
  int: { 1: "u8", 2: "u16", 4: "u32", 8: "u64" },
  float: { 4: "f32" },
  double: { 8: "f64" },
  boolean: {},
  string: {},
};

/**
 * Decodes as KubeEdge's mappers-go modbus driver does, for devices whose manifests rely on it: whole numbers are
 * unsigned and truncated after scaling, a boolean is true when the first byte of the answer is 1 (so that a holding
 * register of 0x0001 is false), text keeps its NULs. Writing takes whole numbers and booleans only, and neither
 * undoes the scale nor swaps. Where the driver gave 0 or crashed, this one says what is wrong.
 * @throws MapperError `CONFIG_INVALID` when the answer has a length that the type cannot have.
 */
export function kubeEdgeModbusCodec({ type, byteLength, scale, isSwap, isRegisterSwap }: KubeEdgeModbusVisitor): Codec {
  if (byteLength % 2 === 1 && byteLength > 1 && (isSwap || isRegisterSwap))
    throw new MapperError(
      "CONFIG_INVALID",
      `${byteLength} bytes cannot be swapped; leave out isSwap and isRegisterSwap`,
    );
  const order = byteLength === 1 ? "big" : orders[`${isSwap ?? false} ${isRegisterSwap ?? false}`];
  if (type === "string") return codecWithNuls(byteLength, order);
  if (type === "boolean") return firstByteIsOne(byteLength, isRegisterSwap ?? false, isSwap ?? false);
  const exact = widths[type][byteLength];
  if (!exact) {
    const fitting = Object.keys(widths[type]).join(" or ");
    throw new MapperError("CONFIG_INVALID", `${type} takes ${fitting} bytes, but limit asks for ${byteLength}`);
  }
  const read = codecOf({
    type: exact,
    order,
    ...(scale !== undefined && { scale }),
    ...(roundsWith(type, scale) && { round: "toward-zero" }),
  });
  if (type === "int") return { ...read, encode: codecOf({ type: exact }).encode };
  return { ...read, encode: (value) => neverWritten(type, value) };
}

const roundsWith = (type: KubeEdgeModbusType, scale: number | undefined): boolean =>
  type === "int" && scale !== undefined;

const orders = {
  "false false": "big",
  "true false": "byte-swap",
  "false true": "word-swap",
  "true true": "little",
} as const;

/** The driver wrote 0 instead. */
function neverWritten(type: KubeEdgeModbusType, value: unknown): never {
  throw new MapperError(
    "VALUE_INVALID",
    `KubeEdge's decoder cannot write a ${type}, got ${showValue(value)}; give the visitor a type such as f32 instead`,
  );
}

function codecWithNuls(length: number, order: (typeof orders)[keyof typeof orders]): Codec {
  const bytes = codecOf({ type: "bytes", length, order });
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    ...bytes,
    kind: "string",
    decode(given, from) {
      const text = bytes.decode(given, from) as Uint8Array;
      try {
        return utf8.decode(text);
      } catch (cause) {
        throw new MapperError("DEVICE_IO", `the device sent ${showValue(text)}, which is no text`, { cause });
      }
    },
    encode: (value) => neverWritten("string", value),
  };
}

function firstByteIsOne(byteLength: number, lastRegisterFirst: boolean, swapped: boolean): Codec {
  const registers = lastRegisterFirst ? byteLength - 2 : 0;
  const first = byteLength === 1 ? 0 : registers + (swapped ? 1 : 0);
  const bytes = codecOf({ type: "bytes", length: byteLength });
  return {
    ...bytes,
    kind: "boolean",
    decode: (given, from = 0) => (bytes.decode(given, from) as Uint8Array)[first] === 1,
    encode(value, target = new Uint8Array(byteLength), at = 0) {
      if (typeof value !== "boolean")
        throw new MapperError("VALUE_INVALID", `expected true or false, got ${showValue(value)}`);
      target.fill(0, at, at + byteLength);
      target[at + first] = value ? 1 : 0;
      return target;
    },
  };
}
