/** The part of JSON Schema draft-07 that the schema of deviceProfile.json uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

const known = new Set([
  "$ref",
  "$schema",
  "title",
  "description",
  "type",
  "enum",
  "required",
  "properties",
  "additionalProperties",
  "items",
  "definitions",
]);

/** What in `value` does not fit `schema`, as `path: complaint`; empty when all fits. */
export function schemaIssues(value: unknown, schema: JsonSchema, at = { path: "$", root: schema }): string[] {
  const { path, root } = at;
  const unknown = Object.keys(schema).filter((keyword) => !known.has(keyword));
  if (unknown.length > 0) throw new TypeError(`this validator does not know ${unknown.join(", ")}`);
  if (schema.$ref !== undefined) {
    const target = root.definitions?.[schema.$ref.replace("#/definitions/", "")];
    if (!target) throw new TypeError(`the schema has no ${schema.$ref}`);
    return schemaIssues(value, target, at);
  }
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => hasType(value, type))) return [`${path}: not ${types.join(" or ")}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: ${JSON.stringify(value)} is not allowed`];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => schemaIssues(item, items, { path: `${path}[${index}]`, root })) : [];
  }
  return typeof value === "object" && value !== null ? memberIssues(value, schema, at) : [];
}

function memberIssues(value: object, schema: JsonSchema, { path, root }: { path: string; root: JsonSchema }): string[] {
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${path}: ${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
      const inner = schema.properties?.[name] ?? schema.additionalProperties;
      return inner ? schemaIssues(member, inner, { path: `${path}.${name}`, root }) : [];
    }),
  ];
}

function hasType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
