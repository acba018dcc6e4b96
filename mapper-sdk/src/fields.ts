import { didYouMean } from "./did-you-mean.ts";
import type { Schema, SchemaIssue, SchemaResult } from "./schema.ts";

/** One field of a {@link fields} schema: a parser that returns the value or a sentence about what is wrong. */
export interface Field<T> {
  /** Returns `{ value }`, or `{ message }` in words that end well after "GPIO17: ". */
  readonly parse: (raw: unknown) => { readonly value: T } | { readonly message: string };
}

type FieldValues<F extends Record<string, Field<unknown>>> = {
  [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/**
 * A strict object schema without a dependency, for mappers that must cost little memory (zod costs about 12 MB of
 * resident memory; use it where that does not matter). Unknown keys are issues with a suggestion.
 */
export function fields<F extends Record<string, Field<unknown>>>(
  shape: F,
): Schema<Record<string, unknown>, FieldValues<F>> {
  return {
    "~standard": {
      version: 1,
      vendor: "edgetwin",
      validate: (raw) => validate(shape, raw) as SchemaResult<FieldValues<F>>,
    },
  };
}

function validate(shape: Record<string, Field<unknown>>, raw: unknown): SchemaResult<Record<string, unknown>> {
  if (raw !== undefined && (typeof raw !== "object" || raw === null || Array.isArray(raw))) {
    return { issues: [{ message: `expected an object, got ${show(raw)}` }] };
  }
  const given = (raw ?? {}) as Record<string, unknown>;
  const issues: SchemaIssue[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(shape, name))
    .map((name) => ({ path: [name], message: `is not a setting here${didYouMean(name, Object.keys(shape))}` }));
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const parsed = field.parse(given[name]);
    if ("message" in parsed) issues.push({ path: [name], message: parsed.message });
    else if (parsed.value !== undefined) value[name] = parsed.value;
  }
  return issues.length > 0 ? { issues } : { value };
}

const field = <T>(expected: string, accept: (raw: unknown) => T | undefined): Field<T> => ({
  parse(raw) {
    const value = accept(raw);
    if (value !== undefined) return { value };
    return {
      message: raw === undefined ? `is missing; expected ${expected}` : `expected ${expected}, got ${show(raw)}`,
    };
  },
});

/** Builders for the fields of a {@link fields} schema. Numbers and booleans may arrive as text, as manifests send them. */
export const f = {
  string: () => field("text", (raw) => (typeof raw === "string" && raw !== "" ? raw : undefined)),
  boolean: () => field("true or false", asBoolean),
  number: ({ min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}) =>
    field(`a number${range(min, max)}`, (raw) => within(asNumber(raw), min, max)),
  int: ({ min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}) =>
    field(`a whole number${range(min, max)}`, (raw) => {
      const value = within(asNumber(raw), min, max);
      return Number.isInteger(value) ? value : undefined;
    }),
  oneOf: <const T extends string>(options: readonly T[]) =>
    field(options.map(show).join(" or "), (raw) => options.find((option) => option === raw)),
  /** Anything that `accept` turns into a value; `expected` completes the sentence "expected …". */
  custom: <T>(expected: string, accept: (raw: unknown) => T | undefined) => field(expected, accept),
  optional: <T>(inner: Field<T>): Field<T | undefined> => ({
    parse: (raw) => (raw === undefined ? { value: undefined } : inner.parse(raw)),
  }),
  withDefault: <T>(inner: Field<T>, value: T): Field<T> => ({
    parse: (raw) => (raw === undefined ? { value } : inner.parse(raw)),
  }),
};

const asNumber = (raw: unknown) =>
  typeof raw === "string" && raw.trim() !== "" ? Number(raw) : typeof raw === "number" ? raw : Number.NaN;

const asBoolean = (raw: unknown) =>
  raw === true || raw === "true" ? true : raw === false || raw === "false" ? false : undefined;

const within = (value: number, min: number, max: number) => (value >= min && value <= max ? value : undefined);

function range(min: number, max: number): string {
  if (min === -Infinity && max === Infinity) return "";
  if (max === Infinity) return ` of at least ${min}`;
  return min === -Infinity ? ` of at most ${max}` : ` from ${min} to ${max}`;
}

const show = (raw: unknown): string => (typeof raw === "bigint" ? String(raw) : JSON.stringify(raw)) ?? String(raw);
