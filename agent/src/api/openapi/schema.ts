/** The part of JSON Schema 2020-12 (which OpenAPI 3.1 uses) that the document needs. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly pattern?: string;
}

/** A reference to a schema of the document. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** An object with exactly these properties; those whose name ends in `?` may be missing. */
export function object(shape: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema {
  const entries = Object.entries(shape);
  return {
    type: "object",
    ...(description && { description }),
    required: entries.filter(([name]) => !name.endsWith("?")).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ""), schema])),
    additionalProperties: false,
  };
}

export const text = (description?: string): JsonSchema => ({ type: "string", ...(description && { description }) });

export const whole = (description?: string): JsonSchema => ({
  type: "integer",
  minimum: 0,
  ...(description && { description }),
});

export const time: JsonSchema = { type: "string", format: "date-time" };

export const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });

export const oneOf = (values: readonly string[], description?: string): JsonSchema => ({
  enum: values,
  ...(description && { description }),
});
