import { didYouMean } from "../did-you-mean.ts";
import { type Field, f } from "../fields.ts";
import { showValue } from "../value.ts";
import { type ByteOrder, byteOrders } from "./byte-order.ts";
import { type CodecType, codecTypes, typeFromElsewhere } from "./codec-type.ts";
import { type Rounding, roundings } from "./number.ts";
import { encodings, paddings, type TextFormat } from "./text.ts";

/** A codec as data, as a visitor names it; see {@link codecFields} for the defaults. */
export interface CodecSpec {
  readonly type: CodecType;
  /** How the bytes of the value lie. Default `"big"`. */
  readonly order?: ByteOrder | undefined;
  /** Only these bits, bit 0 being the least significant; `length` defaults to 1. The type says whether they are signed. */
  readonly bits?: { readonly at: number; readonly length?: number | undefined } | undefined;
  /** value = raw * scale + offset, in decimals. Default 1. */
  readonly scale?: number | undefined;
  /** Default 0. */
  readonly offset?: number | undefined;
  /** How a scaled value becomes a whole number when it is read. Without it, it keeps its fraction. */
  readonly round?: Rounding | undefined;
  /** Names of the raw numbers; the value is the name. */
  readonly values?: Readonly<Record<string, number>> | undefined;
  /** Raw numbers by which the device says "no value", e.g. 32767; reading one is an error, never a value. */
  readonly noValue?: readonly number[] | undefined;
  /** How many bytes a string or bytes take. */
  readonly length?: number | undefined;
  /** Of a string. Default `"ascii"`. */
  readonly encoding?: TextFormat["encoding"] | undefined;
  /** What fills a string up. Default `"nul"`. */
  readonly pad?: TextFormat["pad"] | undefined;
}

const wholeNumber = (raw: unknown): number | undefined => {
  const number = typeof raw === "string" && /^\s*-?\d+\s*$/.test(raw) ? Number(raw) : raw;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
};

const expected = "a type such as u16, i32, f32, bcd16 or string";

const typeField: Field<CodecType, CodecType> = {
  expected,
  parse(raw) {
    const type = codecTypes.find((candidate) => candidate === raw);
    if (type) return { value: type };
    if (raw === undefined) return { message: `is missing; expected ${expected}` };
    const hint = typeof raw === "string" ? typeFromElsewhere(raw) || didYouMean(raw, codecTypes) : "";
    return { message: `expected ${expected}, got ${showValue(raw)}${hint}` };
  },
};

type Names = Readonly<Record<string, number>>;

const names = f.custom("names with their whole numbers", (raw) => {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const entries = Object.entries(raw).map(([name, number]) => [name, wholeNumber(number)] as const);
  if (entries.length === 0 || entries.some(([, number]) => number === undefined)) return undefined;
  return Object.fromEntries(entries) as Record<string, number>;
}) as Field<Names, Names>;

const marks = f.custom("a list of whole numbers", (raw) => {
  const list = (Array.isArray(raw) ? raw : [raw]).map(wholeNumber);
  return list.some((number) => number === undefined) ? undefined : (list as number[]);
}) as Field<readonly number[], readonly number[]>;

/**
 * The settings of a codec, to be spread into the `fields` of a visitor. What one field alone cannot tell, such as a
 * scale for a string, `codecOf` refuses.
 */
export const codecFields = {
  type: typeField,
  order: f.optional(f.oneOf(byteOrders)),
  bits: f.optional(f.object({ at: f.int({ min: 0, max: 63 }), length: f.optional(f.int({ min: 1, max: 64 })) })),
  scale: f.optional(f.number()),
  offset: f.optional(f.number()),
  round: f.optional(f.oneOf(roundings)),
  values: f.optional(names),
  noValue: f.optional(marks),
  length: f.optional(f.int({ min: 1, max: 65536 })),
  encoding: f.optional(f.oneOf(encodings)),
  pad: f.optional(f.oneOf(paddings)),
};
