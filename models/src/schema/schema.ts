/**
 * The structural schema of a manifest as data: small enough for a Pi, and readable beside the reference. What KubeEdge
 * leaves open stays open here: unknown fields are kept and reported, free objects are not looked into.
 */
export type Schema =
  | TextSchema
  | {
      readonly type: "integer" | "number";
      readonly oneOf?: readonly number[];
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: "boolean" }
  /** Any object, e.g. `configData`; the mapper's own schema checks it. */
  | { readonly type: "free" }
  /** An object whose values are all of one schema. */
  | { readonly type: "map"; readonly of: Schema }
  | ListSchema
  | ObjectSchema;

export interface TextSchema {
  readonly type: "text";
  readonly oneOf?: readonly string[];
  /** What the text must look like, and the words for it that complete "expected …". */
  readonly like?: { readonly pattern: RegExp; readonly words: string };
  readonly notEmpty?: boolean;
}

export interface ListSchema {
  readonly type: "list";
  readonly of: Schema;
  /** Field of the entries that names them; no two may have the same. */
  readonly key?: string;
}

export interface ObjectSchema {
  readonly type: "object";
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Exactly one of all fields must be there. */
  readonly exactlyOne?: boolean;
  /** At most one of these. */
  readonly atMostOne?: readonly string[];
  /** Fields that it does not name are nobody's business, e.g. in `status`. */
  readonly open?: boolean;
}

export const text: TextSchema = { type: "text" };
export const name: TextSchema = { type: "text", notEmpty: true };
export const integer: Schema = { type: "integer" };
export const number: Schema = { type: "number" };
export const boolean: Schema = { type: "boolean" };
export const free: Schema = { type: "free" };
export const textMap: Schema = { type: "map", of: text };

/** An object with these fields. */
export const object = (
  fields: ObjectSchema["fields"],
  rules: Omit<ObjectSchema, "type" | "fields"> = {},
): ObjectSchema => ({
  type: "object",
  fields,
  ...rules,
});

/** A list of these, in which `key` must be unique. */
export const list = (of: Schema, key?: string): ListSchema => ({ type: "list", of, ...(key && { key }) });

/** One of these texts. */
export const oneOf = (...options: readonly string[]): TextSchema => ({ type: "text", oneOf: options });
