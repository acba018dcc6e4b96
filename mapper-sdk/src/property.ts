import { didYouMean } from "./did-you-mean.ts";
import { MapperError } from "./errors.ts";
import type { Access, Property, PropertyFacts } from "./model.ts";
import { type PropertyType, showValue, type Value } from "./value.ts";

/** Bounds of a numeric property, both included. */
export interface Range<N = number> {
  readonly min?: N;
  readonly max?: N;
}

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Property builders: `p.boolean()`, `p.int({ unit: "min", min: 0, access: "rw" })`, `p.oneOf(["OFF", "ON"])`, … */
export const p = {
  /** BOOLEAN. */
  boolean: <const A extends Access = "r">(facts: PropertyFacts<A> = {}): Property<boolean, NoInfer<A>> =>
    property("BOOLEAN", facts, (value) => (typeof value === "boolean" ? value : refuse("true or false", value))),

  /** INT, handled as a `number`; values beyond 2^53 are refused. Use `int64` for the full range. */
  int: <const A extends Access = "r">(facts: PropertyFacts<A> & Range = {}): Property<number, NoInfer<A>> =>
    property("INT", facts, (value) => safeInteger(facts, value), BigInt),

  /** INT over the full 64 bits, handled as a `bigint`. */
  int64: <const A extends Access = "r">(facts: PropertyFacts<A> & Range<bigint> = {}): Property<bigint, NoInfer<A>> =>
    property("INT", facts, (value) => integer64(facts, value)),

  /** FLOAT: a `number` rounded to 32 bits on its way in and out. */
  float: <const A extends Access = "r">(facts: PropertyFacts<A> & Range = {}): Property<number, NoInfer<A>> =>
    property("FLOAT", facts, (value) => float(facts, value)),

  /** DOUBLE: a finite `number`. */
  double: <const A extends Access = "r">(facts: PropertyFacts<A> & Range = {}): Property<number, NoInfer<A>> =>
    property("DOUBLE", facts, (value) => within(facts, finite(value), value)),

  /** STRING. */
  string: <const A extends Access = "r">(facts: PropertyFacts<A> = {}): Property<string, NoInfer<A>> =>
    property("STRING", facts, (value) => (typeof value === "string" ? value : refuse("text", value))),

  /** STRING with a fixed set of values. Case does not matter on the way in: `"on"` is accepted as `"ON"`. */
  oneOf: <const T extends string, const A extends Access = "r">(
    options: readonly T[],
    facts: PropertyFacts<A> = {},
  ): Property<T, NoInfer<A>> => property("STRING", { ...facts, options }, (value) => oneOf(options, value)),

  /** BYTES. */
  bytes: <const A extends Access = "r">(facts: PropertyFacts<A> = {}): Property<Uint8Array, NoInfer<A>> =>
    property("BYTES", facts, (value) => (value instanceof Uint8Array ? value : refuse("bytes", value))),
};

function property<T extends Value, A extends Access>(
  type: PropertyType,
  facts: PropertyFacts<A> & { readonly options?: readonly string[] },
  accept: (value: unknown) => T,
  toTwin: (value: T) => Value = (value) => value,
): Property<T, A> {
  return Object.freeze({ ...facts, type, access: facts.access ?? ("r" as A), accept, toTwin });
}

function safeInteger(range: Range, value: unknown): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (!Number.isInteger(number)) return refuse("a whole number", value);
  if (!Number.isSafeInteger(number)) return refuse("a whole number within 2^53", value);
  return within(range, (number as number) + 0, value); // + 0: there is no -0 among whole numbers
}

/** Bounds are rounded like the value, else a limit such as 0.1, which 32 bits cannot hold exactly, would refuse itself. */
function float({ min = -Infinity, max = Infinity }: Range, value: unknown): number {
  const number = Math.fround(finite(value));
  if (!Number.isFinite(number)) return refuse("a number that 32 bits can hold", value);
  const inside = number >= Math.fround(min) && number <= Math.fround(max);
  return inside ? number : outside({ min, max }, value);
}

function integer64({ min = int64.min, max = int64.max }: Range<bigint>, value: unknown): bigint {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return refuse("a whole number", value);
  const integer = BigInt(value as bigint | number);
  return integer >= min && integer <= max ? integer : refuse(`a whole number from ${min} to ${max}`, value);
}

function finite(value: unknown): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  return Number.isFinite(number) ? (number as number) : refuse("a number", value);
}

const within = ({ min = -Infinity, max = Infinity }: Range, number: number, given: unknown): number =>
  number >= min && number <= max ? number : outside({ min, max }, given);

function outside({ min, max }: Required<Range>, given: unknown): never {
  if (max === Infinity) return refuse(`a number of at least ${min}`, given);
  return refuse(min === -Infinity ? `a number of at most ${max}` : `a number from ${min} to ${max}`, given);
}

function oneOf<T extends string>(options: readonly T[], value: unknown): T {
  const text = typeof value === "boolean" ? String(value) : value;
  const expected = options.map(showValue).join(" or ");
  if (typeof text !== "string") return refuse(expected, value);
  const lower = text.toLowerCase();
  return (
    options.find((option) => option === text) ??
    options.find((option) => option.toLowerCase() === lower) ??
    options.find((option) => option.toLowerCase() === switchWords[lower]) ??
    refuse(expected, value, didYouMean(text, options))
  );
}

/** People and other systems write `true` where a switch says `ON`. */
const switchWords: Readonly<Record<string, string>> = Object.assign(Object.create(null), { true: "on", false: "off" });

function refuse(expected: string, value: unknown, hint = ""): never {
  throw new MapperError("VALUE_INVALID", `expected ${expected}, got ${showValue(value)}${hint}`);
}
