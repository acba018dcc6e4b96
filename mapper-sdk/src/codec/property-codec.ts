import { MapperError } from "../errors.ts";
import type { Property } from "../model.ts";
import { showValue } from "../value.ts";
import type { Codec, CodecKind } from "./codec.ts";

/**
 * `codec` for the values of `property`: booleans for a BOOLEAN (0 is false, any other number true; the names `true`
 * and `false` in `values` say otherwise), the number that a person meant for a FLOAT.
 * @throws MapperError `CONFIG_INVALID` when the property cannot hold what the codec reads.
 */
export function propertyCodec(codec: Codec, property: Property): Codec {
  const { type } = property;
  if (type === "BOOLEAN") return codec.kind === "string" ? namedBoolean(codec) : numericBoolean(codec);
  if (!holds[type].includes(codec.kind))
    throw new MapperError("CONFIG_INVALID", `reads ${words[codec.kind]}, which a property of type ${type} cannot hold`);
  if (type === "INT" && !codec.whole)
    throw new MapperError(
      "CONFIG_INVALID",
      'reads numbers with a fraction, which a property of type INT cannot hold; declare it FLOAT or DOUBLE, or say how to "round"',
    );
  if (type !== "FLOAT") return codec;
  return {
    ...codec,
    encode: (value, target, at) => codec.encode(typeof value === "number" ? shortest32(value) : value, target, at),
  };
}

const holds: Readonly<Record<Exclude<Property["type"], "BOOLEAN">, readonly CodecKind[]>> = {
  INT: ["number", "bigint"],
  FLOAT: ["number", "bigint"],
  DOUBLE: ["number", "bigint"],
  STRING: ["string"],
  BYTES: ["bytes"],
};

const words: Readonly<Record<CodecKind, string>> = {
  number: "numbers",
  bigint: "numbers",
  boolean: "true or false",
  string: "text",
  bytes: "bytes",
};

/** 0.1 rounded to 32 bits is 0.10000000149011612; who wrote it wrote 0.1. */
function shortest32(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function numericBoolean(codec: Codec): Codec {
  if (codec.kind !== "number" && codec.kind !== "bigint")
    throw new MapperError("CONFIG_INVALID", `reads ${words[codec.kind]}, which a property of type BOOLEAN cannot hold`);
  return {
    ...codec,
    kind: "boolean",
    whole: false,
    decode: (bytes, from) => Number(codec.decode(bytes, from)) !== 0,
    encode: (value, target, at) => codec.encode(booleanOf(value) ? 1 : 0, target, at),
  };
}

function namedBoolean(codec: Codec): Codec {
  for (const name of ["true", "false"]) {
    try {
      codec.encode(name);
    } catch (cause) {
      throw new MapperError("CONFIG_INVALID", 'a property of type BOOLEAN needs "values" named true and false', {
        cause,
      });
    }
  }
  return {
    ...codec,
    kind: "boolean",
    decode(bytes, from) {
      const name = codec.decode(bytes, from);
      if (name === "true" || name === "false") return name === "true";
      throw new MapperError("DEVICE_IO", `the device sent ${showValue(name)}, which is neither true nor false`);
    },
    encode: (value, target, at) => codec.encode(String(booleanOf(value)), target, at),
  };
}

function booleanOf(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new MapperError("VALUE_INVALID", `expected true or false, got ${showValue(value)}`);
}
