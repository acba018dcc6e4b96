import { MapperError, type Property, p } from "@edgetwin/mapper-sdk";
import { type Codec, type CodecSpec, codecOf, propertyCodec } from "@edgetwin/mapper-sdk/codecs";
import type { Table } from "../client/modbus-client.ts";
import type { Span } from "../plan/read-plan.ts";
import { kubeEdgeBinding } from "./kubeedge-binding.ts";
import type { NativeVisitor } from "./native-visitor.ts";
import type { Visitor } from "./visitor.ts";

/** A property on its unit, ready to be read and written. `start` and `count` are bits or registers of its table. */
export interface Binding extends Span {
  readonly table: Table;
  /** For the bytes that `count` bits or registers make. */
  readonly codec: Codec;
  readonly write: "single" | "multiple";
}

/**
 * Compiles a visitor for its property.
 * @throws MapperError `CONFIG_INVALID` naming the property's visitor when the two do not fit each other.
 */
export function bindingOf(property: Property, visitor: Visitor, name: string): Binding {
  try {
    const binding = "register" in visitor ? kubeEdgeBinding(property, visitor) : nativeBinding(property, visitor);
    const last = binding.start + binding.count - 1;
    if (last > 0xffff) throw invalid(`address: reaches to ${last}, but the last one is 65535`);
    if (property.access === "rw" && (binding.table === "discrete" || binding.table === "input"))
      throw invalid(
        `table: "${binding.table}" can only be read; make the property ReadOnly in the model, or take "${writable[binding.table]}"`,
      );
    return binding;
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    const lines = cause.message.split("\n").map((line) => `visitors.${name}.${line}`);
    throw new MapperError("CONFIG_INVALID", lines.join("\n"), { cause });
  }
}

/** The property as its visitor narrows it: names of numbers are the only words it knows. */
export function narrowed(property: Property, visitor: Visitor): Property {
  const names = "values" in visitor && visitor.values ? Object.keys(visitor.values) : undefined;
  if (property.type !== "STRING" || names === undefined) return property;
  const { access, unit, description } = property;
  return p.oneOf(names, { ...(access && { access }), ...(unit && { unit }), ...(description && { description }) });
}

const writable = { discrete: "coil", input: "holding" } as const;

const invalid = (message: string) => new MapperError("CONFIG_INVALID", message);

function nativeBinding(property: Property, visitor: NativeVisitor): Binding {
  const { table, address, write, type, ...others } = visitor;
  if (table === "coil" || table === "discrete") return bitBinding(property, visitor);
  if (type === undefined) throw invalid("type: is missing; expected a type such as u16, i32, f32, bcd16 or string");
  const codec = codecOf({ ...others, type } as CodecSpec);
  if (codec.byteLength % 2 === 1)
    throw invalid(
      type === "string" || type === "bytes"
        ? `length: registers have two bytes each; take ${codec.byteLength + 1}`
        : `type: registers have two bytes each; take ${type.replace(/\d+$/, (bits) => String(Number(bits) + 8))} with "bits"`,
    );
  const count = codec.byteLength / 2;
  if (count > 123) throw invalid("length: one request reads and writes at most 123 registers");
  return {
    table,
    start: address,
    count,
    codec: fitted(codec, property),
    write: write ?? (count === 1 ? "single" : "multiple"),
  };
}

function bitBinding(property: Property, visitor: NativeVisitor): Binding {
  const { table, address, write, values, ...others } = visitor;
  const [misplaced] = Object.keys(others);
  if (misplaced !== undefined) throw invalid(`${misplaced}: a ${table} is one bit; leave it out`);
  const codec = codecOf({ type: "u8", bits: { at: 0 }, ...(values && { values }) });
  // Nothing else is in the byte that the bit is handed over in.
  return {
    table,
    start: address,
    count: 1,
    codec: { ...fitted(codec, property), partial: false },
    write: write ?? "single",
  };
}

/** The codec for the property's values, with the setting to blame when it has none. */
export function fitted(codec: Codec, property: Property): Codec {
  try {
    return propertyCodec(codec, property);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError("CONFIG_INVALID", `type: ${cause.message}`, { cause });
  }
}
