import { MapperError } from "../errors.ts";
import { bytePositions } from "./byte-order.ts";
import { bytesCodec } from "./bytes.ts";
import type { Codec } from "./codec.ts";
import type { CodecSpec } from "./codec-spec.ts";
import { type TypeFacts, typeFacts } from "./codec-type.ts";
import { floatCodec } from "./floating.ts";
import { rawInteger } from "./integer.ts";
import { namedCodec } from "./named.ts";
import { numberCodec } from "./number.ts";
import { scaling } from "./scaling.ts";
import { textCodec } from "./text.ts";

/**
 * Compiles a codec from its description, so that reading allocates nothing but the value.
 * @throws MapperError `CONFIG_INVALID` with one line for every setting that does not fit the others.
 */
export function codecOf(spec: CodecSpec): Codec {
  const facts = typeFacts(spec.type);
  const problems = [...misplaced(spec, facts), ...impossible(spec, facts)];
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  const codec = compile(spec, facts);
  const named = spec.values ? namedCodec(codec, checkedNames(spec.values, codec)) : codec;
  return { ...named, decode: longEnough(named) };
}

function compile(spec: CodecSpec, facts: TypeFacts): Codec {
  const byteLength = facts.bits === undefined ? (spec.length as number) : facts.bits / 8;
  const positions = bytePositions(spec.order ?? "big", byteLength);
  if (facts.sort === "string")
    return textCodec(positions, { encoding: spec.encoding ?? "ascii", pad: spec.pad ?? "nul" });
  if (facts.sort === "bytes") return bytesCodec(positions);
  const scaled = (spec.scale ?? 1) !== 1 || (spec.offset ?? 0) !== 0;
  const scalingFor = (range: { readonly min: bigint; readonly max: bigint }) =>
    scaled ? scaling(spec.scale ?? 1, spec.offset ?? 0, range) : undefined;
  if (facts.sort === "float") return floatCodec(positions, scalingFor({ min: 0n, max: 0n }));
  const bits = spec.bits && { at: spec.bits.at, length: spec.bits.length ?? 1 };
  const raw = rawInteger(positions, facts.format, bits);
  const partial = bits !== undefined && bits.length < facts.bits;
  const options = { scaling: scalingFor(raw), round: spec.round, noValue: spec.noValue ?? [] };
  return numberCodec(raw, { byteLength, partial }, options);
}

const onlyFor: Readonly<Record<string, readonly TypeFacts["sort"][]>> = {
  bits: ["integer"],
  scale: ["integer", "float"],
  offset: ["integer", "float"],
  round: ["integer"],
  values: ["integer"],
  noValue: ["integer"],
  length: ["string", "bytes"],
  encoding: ["string"],
  pad: ["string"],
};

const misplaced = (spec: CodecSpec, { sort }: TypeFacts): string[] =>
  Object.entries(onlyFor)
    .filter(([setting, sorts]) => spec[setting as keyof CodecSpec] !== undefined && !sorts.includes(sort))
    .map(([setting]) => `${setting}: is not for the type ${spec.type}`);

function* impossible(spec: CodecSpec, facts: TypeFacts): Generator<string> {
  if (facts.bits === undefined && spec.length === undefined)
    yield `length: is missing; how many bytes are the ${spec.type}?`;
  if (spec.scale === 0) yield "scale: 0 would make every value the same; leave it out for 1";
  if (facts.bits !== undefined && spec.bits && spec.bits.at + (spec.bits.length ?? 1) > facts.bits)
    yield `bits: ${spec.type} has the bits 0 to ${facts.bits - 1}, but these end at ${spec.bits.at + (spec.bits.length ?? 1) - 1}`;
  if (spec.values && (spec.scale !== undefined || spec.offset !== undefined))
    yield "values: names are for raw numbers; leave out scale and offset";
  if (spec.round && spec.scale === undefined && spec.offset === undefined)
    yield "round: there is nothing to round without a scale or an offset";
}

/** Every named number must be one that the bits can hold. */
function checkedNames(values: Readonly<Record<string, number>>, codec: Codec): Readonly<Record<string, number>> {
  for (const [name, number] of Object.entries(values)) {
    try {
      codec.encode(number);
    } catch (cause) {
      if (!(cause instanceof MapperError)) throw cause;
      throw new MapperError("CONFIG_INVALID", `values.${name}: ${cause.message}`, { cause });
    }
  }
  return values;
}

function longEnough({ byteLength, decode }: Codec): Codec["decode"] {
  return (bytes, from = 0) => {
    if (bytes.length - from >= byteLength) return decode(bytes, from);
    const sent = Math.max(0, bytes.length - from);
    throw new MapperError("DEVICE_IO", `the device sent ${sent} bytes where ${byteLength} were expected`);
  };
}
