import type { Schema } from "./schema.ts";

/** What people are told about one field of a schema before they fill it in. Can be sent as JSON. */
export interface FieldFacts {
  readonly name: string;
  /** Completes the sentence "expected …": `a whole number from 0 to 27`. */
  readonly expected: string;
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** What it is then. */
  readonly default?: unknown;
}

/** A schema that can say what it takes. */
export interface DescribedSchema<In = unknown, Out = In> extends Schema<In, Out> {
  readonly facts: readonly FieldFacts[];
}

/** The fields that `schema` takes; undefined when it cannot say, as most libraries' schemas cannot. */
export const fieldFactsOf = (schema: Schema): readonly FieldFacts[] | undefined =>
  "facts" in schema ? (schema as DescribedSchema).facts : undefined;
