import type { JsonSchema } from "../../../src/api/openapi/schema.ts";

type Schemas = Readonly<Record<string, JsonSchema>>;

/** What is wrong with `value`, one line each with its path; none when it fits. Knows the keywords the document uses. */
export function violations(value: unknown, schema: JsonSchema, schemas: Schemas, path = "$"): string[] {
  if (schema.$ref) {
    const target = schemas[schema.$ref.replace("#/components/schemas/", "")];
    return target ? violations(value, target, schemas, path) : [`${path}: ${schema.$ref} does not exist`];
  }
  const wrong: string[] = [];
  if ("const" in schema && value !== schema.const) wrong.push(`${path}: is not ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.includes(value)) wrong.push(`${path}: ${JSON.stringify(value)} is none of the enum`);
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types && !types.some((type) => hasType(value, type))) return [...wrong, `${path}: is no ${types.join(" or ")}`];
  if (schema.minimum !== undefined && Number(value) < schema.minimum) wrong.push(`${path}: is below ${schema.minimum}`);
  if (schema.format === "date-time" && Number.isNaN(Date.parse(String(value)))) wrong.push(`${path}: is no time`);
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    wrong.push(...value.flatMap((item, index) => violations(item, items, schemas, `${path}[${index}]`)));
  }
  if (hasType(value, "object")) wrong.push(...ofObject(value as Record<string, unknown>, schema, schemas, path));
  return wrong;
}

function ofObject(value: Record<string, unknown>, schema: JsonSchema, schemas: Schemas, path: string): string[] {
  const { required = [], properties = {}, additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: is missing`);
  const inside = Object.entries(value).flatMap(([name, inner]) => {
    const known = properties[name];
    if (known) return violations(inner, known, schemas, `${path}.${name}`);
    if (additionalProperties === false) return [`${path}.${name}: is not in the schema`];
    return typeof additionalProperties === "object"
      ? violations(inner, additionalProperties, schemas, `${path}.${name}`)
      : [];
  });
  return [...missing, ...inside];
}

function hasType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
