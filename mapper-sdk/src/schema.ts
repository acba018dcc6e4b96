import { MapperError } from "./errors.ts";

/** The part of Standard Schema v1 (standardschema.dev) the SDK relies on; zod, valibot and arktype all satisfy it. */
export interface Schema<In = unknown, Out = In> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** One thing a schema found wrong. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
}

/** What validating returns: the value, or what is wrong with it. */
export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What a schema takes. */
export type Input<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];
/** What a schema returns. */
export type Output<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];

/**
 * Returns `value` as the schema's output, or throws `CONFIG_INVALID` naming every issue below `where`.
 * @throws TypeError when the schema validates asynchronously, which would delay the check until hardware is in use.
 */
export function parse<S extends Schema>(schema: S, value: unknown, where: string): Output<S> {
  const result = schema["~standard"].validate(value);
  if ("then" in result) throw new TypeError(`${where}: asynchronous schemas are not supported`);
  if (result.issues === undefined) return result.value as Output<S>;
  const lines = result.issues.map((issue) => `${[where, ...(issue.path ?? []).map(key)].join(".")}: ${issue.message}`);
  throw new MapperError("CONFIG_INVALID", lines.join("\n"));
}

const key = (segment: PropertyKey | { key: PropertyKey }): string =>
  String(typeof segment === "object" ? segment.key : segment);
