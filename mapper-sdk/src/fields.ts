import { didYouMean } from "./did-you-mean.ts";
import type { DescribedSchema, FieldFacts } from "./field-facts.ts";
import type { SchemaIssue, SchemaResult } from "./schema.ts";
import { showValue } from "./value.ts";

/** One field of a {@link fields} schema: a parser that returns the value or a sentence about what is wrong. */
export interface Field<T, In = unknown> {
  /** Returns `{ value }`, or `{ message }` in words that end well after "GPIO17: ", or the issues of an object inside. */
  readonly parse: (
    raw: unknown,
  ) => { readonly value: T } | { readonly message: string } | { readonly issues: readonly SchemaIssue[] };
  /** Completes the sentence "expected …". */
  readonly expected?: string;
  /** For the compiler only: what authors may write for this field. Manifests may send anything. */
  readonly input?: In;
}

/** A field that may be left out. */
export interface OptionalField<T, In = unknown> extends Field<T, In> {
  readonly optional: true;
  /** What it is when it is left out. */
  readonly default?: unknown;
}

type Shape = Record<string, Field<unknown>>;
type FieldValues<F extends Shape> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };
type InputOf<F> = F extends Field<unknown, infer In> ? In : never;
type OptionalNames<F extends Shape> = { [K in keyof F]: F[K] extends OptionalField<unknown> ? K : never }[keyof F];
/** The same type written out, so that the compiler's messages show settings instead of names of helper types. */
type Plain<T> = T extends infer U ? { readonly [K in keyof U]: U[K] } : never;
type FieldInputs<F extends Shape> = { readonly [K in Exclude<keyof F, OptionalNames<F>>]: InputOf<F[K]> } & {
  readonly [K in OptionalNames<F>]?: InputOf<F[K]>;
};

/**
 * A strict object schema without a dependency, for mappers that must cost little memory (zod costs about 12 MB of
 * resident memory; use it where that does not matter). Unknown keys are issues with a suggestion.
 */
export function fields<F extends Shape>(shape: F): DescribedSchema<Plain<FieldInputs<F>>, Plain<FieldValues<F>>> {
  return {
    facts: Object.entries(shape).map(([name, field]) => factsOf(name, field)),
    "~standard": {
      version: 1,
      vendor: "edgetwin",
      validate: (raw) => validate(shape, raw) as SchemaResult<Plain<FieldValues<F>>>,
    },
  };
}

function validate(shape: Shape, raw: unknown): SchemaResult<Record<string, unknown>> {
  if (raw !== undefined && (typeof raw !== "object" || raw === null || Array.isArray(raw))) {
    return { issues: [{ message: `expected an object, got ${showValue(raw)}` }] };
  }
  const given = (raw ?? {}) as Record<string, unknown>;
  const issues: SchemaIssue[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(shape, name))
    .map((name) => ({ path: [name], message: `is not a setting here${didYouMean(name, Object.keys(shape))}` }));
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const parsed = field.parse(Object.hasOwn(given, name) ? given[name] : undefined);
    if ("message" in parsed) issues.push({ path: [name], message: parsed.message });
    else if ("issues" in parsed)
      issues.push(...parsed.issues.map(({ path = [], message }) => ({ path: [name, ...path], message })));
    else if (parsed.value !== undefined) value[name] = parsed.value;
  }
  return issues.length > 0 ? { issues } : { value };
}

function factsOf(name: string, field: Field<unknown> | OptionalField<unknown>): FieldFacts {
  const { expected = "a value" } = field;
  if (!("optional" in field)) return { name, expected, optional: false };
  return { name, expected, optional: true, ...(field.default !== undefined && { default: field.default }) };
}

/** What a field accepts, as the end of the sentence "expected …", and a hint after what was given instead. */
interface Expectation<T> {
  readonly expected: string;
  readonly accept: (raw: unknown) => T | undefined;
  readonly hint?: (raw: unknown) => string;
}

const field = <T>({ expected, accept, hint }: Expectation<T>): Field<T, T> => ({
  expected,
  parse(raw) {
    const value = accept(raw);
    if (value !== undefined) return { value };
    if (raw === undefined) return { message: `is missing; expected ${expected}` };
    return { message: `expected ${expected}, got ${showValue(raw)}${hint?.(raw) ?? ""}` };
  },
});

/** Builders for the fields of a {@link fields} schema. Numbers and booleans may arrive as text, as manifests send them. */
export const f = {
  /** Text that is not empty. */
  string: () => field({ expected: "text", accept: (raw) => (typeof raw === "string" && raw !== "" ? raw : undefined) }),
  /** `true` or `false`, also as text. */
  boolean: () => field({ expected: "true or false", accept: asBoolean }),
  /** A finite number, bounds included. */
  number: ({ min = -Infinity, max = Infinity }: Bounds = {}) =>
    field({ expected: `a number${range(min, max)}`, accept: (raw) => within(asNumber(raw), min, max) }),
  /** A whole number that a `number` holds exactly, bounds included. */
  int: ({ min = -Infinity, max = Infinity }: Bounds = {}) =>
    field({
      expected: `a whole number${range(min, max)}`,
      accept(raw) {
        const value = within(asNumber(raw), min, max);
        return Number.isSafeInteger(value) ? value : undefined;
      },
    }),
  /** One of the given words, exactly. */
  oneOf: <const T extends string>(options: readonly T[]) =>
    field({
      expected: options.map(showValue).join(" or "),
      accept: (raw) => options.find((option) => option === raw),
      hint: (raw) => (typeof raw === "string" ? didYouMean(raw, options) : ""),
    }),
  /** An object with settings of its own. */
  object<F extends Shape>(shape: F): Field<Plain<FieldValues<F>>, Plain<FieldInputs<F>>> {
    const expected = `an object with ${Object.keys(shape).join(", ")}`;
    return {
      expected,
      parse(raw) {
        if (raw === undefined) return { message: `is missing; expected ${expected}` };
        const result = validate(shape, raw);
        if (result.issues) return { issues: result.issues };
        return { value: result.value as Plain<FieldValues<F>> };
      },
    };
  },
  /** Anything that `accept` turns into a value; `expected` completes the sentence "expected …". */
  custom: <T>(expected: string, accept: (raw: unknown) => T | undefined): Field<T> => field({ expected, accept }),
  /** May be left out. */
  optional: <T, In>(inner: Field<T, In>): OptionalField<T | undefined, In> => ({
    ...inner,
    optional: true,
    parse: (raw) => (raw === undefined ? { value: undefined } : inner.parse(raw)),
  }),
  /** May be left out, and is `value` then. */
  withDefault: <T, In>(inner: Field<T, In>, value: NoInfer<T>): OptionalField<T, In> => ({
    ...inner,
    optional: true,
    default: value,
    parse: (raw) => (raw === undefined ? { value } : inner.parse(raw)),
  }),
};

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Decimal numbers only, as YAML 1.2 and JSON write them: `"0x10"` and `"Infinity"` are none. */
const decimal = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i;

const asNumber = (raw: unknown) =>
  typeof raw === "string" && decimal.test(raw) ? Number(raw) : typeof raw === "number" ? raw : Number.NaN;

const asBoolean = (raw: unknown) =>
  raw === true || raw === "true" ? true : raw === false || raw === "false" ? false : undefined;

const within = (value: number, min: number, max: number) =>
  Number.isFinite(value) && value >= min && value <= max ? value : undefined;

function range(min: number, max: number): string {
  if (min === -Infinity && max === Infinity) return "";
  if (max === Infinity) return ` of at least ${min}`;
  return min === -Infinity ? ` of at most ${max}` : ` from ${min} to ${max}`;
}
