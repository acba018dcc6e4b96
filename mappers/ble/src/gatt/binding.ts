import { didYouMean, MapperError, type Property, showValue } from "@edgetwin/mapper-sdk";
import { type Codec, type CodecSpec, codecOf, kubeEdgeBleCodec, propertyCodec } from "@edgetwin/mapper-sdk/codecs";
import { uuidOf } from "../hci/uuid.ts";
import type { KubeEdgeVisitor, NativeVisitor, Visitor } from "../session/visitor.ts";
import { documentedConverter } from "./documented-converter.ts";
import { type StandardCharacteristic, standardCharacteristics, standardNamed } from "./standard-characteristics.ts";

/** A property on its device, ready to be read and written. */
export interface Binding {
  readonly characteristic: string;
  readonly service: string | undefined;
  readonly descriptor: string | undefined;
  readonly push: boolean | undefined;
  readonly response: boolean | undefined;
  /** Some bits of the bytes: the others are read before and kept. */
  readonly partial: boolean;
  /** @throws MapperError `DEVICE_IO` when the bytes are no value. */
  decode(bytes: Uint8Array): unknown;
  /** Missing where nothing can be written. @throws MapperError `VALUE_INVALID` when it does not fit. */
  encode?(value: unknown, into?: Uint8Array): Uint8Array;
}

const invalid = (message: string, cause?: unknown) => new MapperError("CONFIG_INVALID", message, { cause });

/**
 * Compiles a visitor for its property.
 * @throws MapperError `CONFIG_INVALID` naming the property's visitor when the two do not fit each other.
 */
export function bindingOf(property: Property, visitor: Visitor, name: string): Binding {
  try {
    const binding = "characteristicUUID" in visitor ? kubeEdge(property, visitor) : native(property, visitor, name);
    if (property.access === "rw" && !binding.encode)
      throw invalid("characteristic: its values can only be read; make the property ReadOnly, or give a type");
    return binding;
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    const lines = cause.message.split("\n").map((line) => `visitors.${name}.${line}`);
    throw invalid(lines.join("\n"), cause);
  }
}

function native(property: Property, visitor: NativeVisitor, name: string): Binding {
  const { value, characteristic = name, service, descriptor, field, push, response, type, ...codec } = visitor;
  if (value !== undefined)
    throw invalid(
      'value: is for sensors that are read from advertisements (connection "format"); give a characteristic',
    );
  const standard = standardNamed(characteristic) ?? standardCharacteristics.get(uuidOf(characteristic) ?? "");
  const uuid = standard?.uuid ?? uuidOf(characteristic);
  if (uuid === undefined) {
    const names = [...standardCharacteristics.values()].map((one) => one.name);
    throw invalid(
      `characteristic: ${showValue(characteristic)} is no UUID and no standard characteristic${didYouMean(characteristic, names)}`,
    );
  }
  const place = { characteristic: uuid, service, descriptor, push, response };
  if (type !== undefined) {
    if (field !== undefined) throw invalid("field: is for standard characteristics without a type; leave one out");
    return byCodec(place, fitted(codecOf({ ...codec, ...orderOf(codec.order, type), type } as CodecSpec), property));
  }
  if (!standard || descriptor !== undefined)
    throw invalid("type: is missing; expected a type such as u16, i32, f32 or string");
  const [misplaced] = Object.keys(codec);
  if (misplaced !== undefined)
    throw invalid(`${misplaced}: needs a type; without one the standard says how it is read`);
  return byStandard(place, standard, { property, field });
}

/** Numbers of Bluetooth come least significant byte first; text and bytes as they are read. */
const orderOf = (order: CodecSpec["order"], type: string): Pick<CodecSpec, "order"> =>
  order !== undefined ? { order } : type === "string" || type === "bytes" ? {} : { order: "little" };

function byCodec(place: Omit<Binding, "partial" | "decode">, codec: Codec): Binding {
  return {
    ...place,
    partial: codec.partial,
    decode(bytes) {
      if (bytes.length < codec.byteLength) throw tooShort(bytes.length, codec.byteLength);
      return codec.decode(bytes);
    },
    encode: (value, into) => codec.encode(value as never, into && Uint8Array.from(into)),
  };
}

const tooShort = (got: number, expected: number) =>
  new MapperError("DEVICE_IO", `the device sent ${got} bytes where ${expected} were expected`);

function fitted(codec: Codec, property: Property): Codec {
  try {
    return propertyCodec(codec, property);
  } catch (cause) {
    throw cause instanceof MapperError ? invalid(`type: ${cause.message}`, cause) : cause;
  }
}

/** Types of properties that can hold what a field says. */
const holders = { number: ["INT", "FLOAT", "DOUBLE"], boolean: ["BOOLEAN"], string: ["STRING"] } as const;

function byStandard(
  place: Omit<Binding, "partial" | "decode">,
  standard: StandardCharacteristic,
  { property, field }: { readonly property: Property; readonly field: string | undefined },
): Binding {
  const names = Object.keys(standard.fields);
  const wanted = field ?? (names[0] as string);
  const facts = standard.fields[wanted];
  if (!facts)
    throw invalid(
      `field: ${standard.name} has no ${showValue(wanted)}; it has ${names.join(", ")}${didYouMean(wanted, names)}`,
    );
  if (!(holders[facts.type] as readonly string[]).includes(property.type))
    throw invalid(`field: ${wanted} is a ${facts.type}, which a property of type ${property.type} cannot hold`);
  const { write } = standard;
  return {
    ...place,
    partial: false,
    decode(bytes) {
      const value = readStandard(standard, bytes)[wanted];
      if (value === undefined) throw new MapperError("DEVICE_IO", `the device does not know its ${wanted}`);
      return property.type === "INT" && typeof value === "number" ? Math.round(value) : value;
    },
    ...(write && wanted === names[0] && { encode: (value: unknown) => writeStandard(write, value) }),
  };
}

function readStandard(standard: StandardCharacteristic, bytes: Uint8Array) {
  try {
    return standard.read(Buffer.from(bytes));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MapperError("DEVICE_IO", `the device sent ${bytes.length} bytes, too few for ${standard.name}`, {
      cause,
    });
  }
}

function writeStandard(write: (value: number) => Buffer, value: unknown): Uint8Array {
  try {
    return write(Number(value));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MapperError("VALUE_INVALID", cause.message, { cause });
  }
}

function kubeEdge(property: Property, visitor: KubeEdgeVisitor): Binding {
  const { characteristicUUID, dataConverter, dataWrite, decoder } = visitor;
  const place = {
    ...{ characteristic: characteristicUUID, service: undefined, descriptor: undefined },
    ...{ push: undefined, response: undefined },
  };
  const writes = dataWrite && { encode: (value: unknown) => bytesFor(dataWrite, value) };
  if (!dataConverter) {
    const standard = standardCharacteristics.get(characteristicUUID);
    if (standard && property.access === "r") return byStandard(place, standard, { property, field: undefined });
    if (dataWrite) return { ...place, partial: false, decode: (bytes) => nameOf(dataWrite, bytes), ...writes };
    throw invalid("dataConverter: is missing; without it nothing says how the bytes become a value");
  }
  const codec = decoder ? kubeEdgeBleCodec(dataConverter) : documentedConverter(dataConverter);
  const { decode } = fitted(property.type === "INT" ? whole(codec) : codec, property);
  return { ...place, partial: false, decode: (bytes) => decode(bytes), ...writes };
}

/** KubeEdge cuts the fraction off for whole numbers. */
const whole = (codec: Codec): Codec => ({
  ...codec,
  whole: true,
  decode: (bytes, from) => Math.trunc(Number(codec.decode(bytes, from))),
});

function bytesFor(dataWrite: ReadonlyMap<string, Uint8Array>, value: unknown): Uint8Array {
  const bytes = dataWrite.get(String(value));
  if (bytes) return bytes;
  const names = [...dataWrite.keys()];
  throw new MapperError("VALUE_INVALID", `dataWrite has no bytes for ${showValue(value)}; it has ${names.join(", ")}`);
}

function nameOf(dataWrite: ReadonlyMap<string, Uint8Array>, bytes: Uint8Array): string {
  for (const [name, known] of dataWrite) if (Buffer.from(known).equals(bytes)) return name;
  throw new MapperError(
    "DEVICE_IO",
    `the device sent ${Buffer.from(bytes).toString("hex")}, which dataWrite does not name`,
  );
}
