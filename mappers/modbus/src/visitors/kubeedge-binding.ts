import { MapperError, type Property, type PropertyType } from "@edgetwin/mapper-sdk";
import {
  type Codec,
  type CodecType,
  codecOf,
  type KubeEdgeModbusType,
  kubeEdgeModbusCodec,
  propertyCodec,
} from "@edgetwin/mapper-sdk/codecs";
import type { Table } from "../client/modbus-client.ts";
import type { Binding } from "./binding.ts";
import type { KubeEdgeVisitor } from "./kubeedge-visitor.ts";

const tables: Readonly<Record<KubeEdgeVisitor["register"], Table>> = {
  CoilRegister: "coil",
  DiscreteInputRegister: "discrete",
  InputRegister: "input",
  HoldingRegister: "holding",
};

/** Types of properties as KubeEdge's drivers call them. */
const typeNames: Readonly<Record<PropertyType, KubeEdgeModbusType | undefined>> = {
  INT: "int",
  FLOAT: "float",
  DOUBLE: "double",
  BOOLEAN: "boolean",
  STRING: "string",
  BYTES: undefined,
};

/** A visitor with KubeEdge's keys as a binding. */
export function kubeEdgeBinding(property: Property, visitor: KubeEdgeVisitor): Binding {
  const table = tables[visitor.register];
  const type = visitor.dataType ?? typeNames[property.type];
  if (type === undefined)
    throw new MapperError("CONFIG_INVALID", `register: KubeEdge's visitors cannot read ${property.type}`);
  const inBits = table === "coil" || table === "discrete";
  const byteLength = inBits ? Math.ceil(visitor.limit / 8) : visitor.limit * 2;
  const codec = visitor.decoder
    ? kubeEdgeModbusCodec({ ...visitor, type, byteLength })
    : documentedCodec(visitor, type, { inBits, byteLength, whole: property.type === "INT" });
  return {
    table,
    start: visitor.offset,
    count: visitor.limit,
    codec: codec.kind === "boolean" ? codec : propertyCodec(codec, property),
    write: visitor.limit === 1 ? "single" : "multiple",
  };
}

interface Shape {
  readonly inBits: boolean;
  readonly byteLength: number;
  /** Whether the property takes whole numbers only. */
  readonly whole: boolean;
}

/** Whole numbers by their length; a number with a fraction in one register is a scaled whole number. */
const types: Readonly<Record<"int" | "float" | "double" | "boolean", Readonly<Record<number, CodecType>>>> = {
  int: { 1: "u8", 2: "u16", 4: "u32", 6: "u48", 8: "u64" },
  float: { 1: "u8", 2: "u16", 4: "f32", 8: "f64" },
  double: { 1: "u8", 2: "u16", 4: "f32", 8: "f64" },
  boolean: { 1: "u8", 2: "u16", 4: "u32", 8: "u64" },
};

function documentedCodec(
  visitor: KubeEdgeVisitor,
  type: KubeEdgeModbusType,
  { inBits, byteLength, whole }: Shape,
): Codec {
  const { scale, isSwap, isRegisterSwap, limit } = visitor;
  const order = inBits
    ? "big"
    : isSwap
      ? isRegisterSwap
        ? "little"
        : "byte-swap"
      : isRegisterSwap
        ? "word-swap"
        : "big";
  if (type === "string") return codecOf({ type: "string", length: byteLength, order, encoding: "utf-8" });
  const found = types[type][byteLength];
  if (found === undefined) {
    const fitting = Object.keys(types[type]).map((bytes) => Number(bytes) / (inBits ? 0.125 : 2));
    throw new MapperError(
      "CONFIG_INVALID",
      `limit: ${type} takes ${fitting.filter(Number.isInteger).join(" or ")}, got ${limit}`,
    );
  }
  const scaled = scale !== undefined && type !== "boolean" ? { scale } : {};
  // Whole numbers lose their fraction, as KubeEdge documents it.
  const round = whole && scale !== undefined && !found.startsWith("f") ? ({ round: "toward-zero" } as const) : {};
  return codecOf({ type: found, order, ...scaled, ...round });
}
