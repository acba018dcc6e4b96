import { type Fields, isFields } from "../api-object.ts";
import { objectMeta, type Schema } from "./schema.ts";

const keeps = (schema: Schema) => schema["x-kubernetes-preserve-unknown-fields"] === true;

/**
 * Takes away, in place, what the schema does not know, and gives the defaults of what is missing. Returns the paths that
 * were taken away. `null` where the schema does not allow it counts as missing.
 */
export function prune(object: Fields, schema: Schema): string[] {
  const unknown: string[] = [];
  const properties = { ...schema.properties, apiVersion: {}, kind: {}, metadata: objectMeta };
  visitFields(object, { ...schema, properties }, { path: "", unknown });
  return unknown;
}

interface At {
  readonly path: string;
  readonly unknown: string[];
}

function visit(value: unknown, schema: Schema, at: At): void {
  if (Array.isArray(value)) {
    // A value of the wrong kind is the concern of validation; what is in it is not known either way.
    for (const [index, item] of value.entries()) {
      visit(item, schema.items ?? (keeps(schema) ? schema : {}), { ...at, path: `${at.path}[${index}]` });
    }
  } else if (isFields(value)) visitFields(value, schema, at);
}

function visitFields(value: Fields, schema: Schema, at: At): void {
  const { properties = {}, additionalProperties } = schema;
  const loose = isSchema(additionalProperties) ? additionalProperties : undefined;
  const open =
    loose !== undefined ||
    additionalProperties === true ||
    keeps(schema) ||
    (schema.type === undefined && schema.properties === undefined && at.path !== "");
  for (const key of Object.keys(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const path = at.path === "" ? key : `${at.path}.${key}`;
    if (known === undefined && !open) {
      at.unknown.push(path);
      delete value[key];
    } else if (value[key] === null && known && !mayBeNull(known)) delete value[key];
    else
      visit(value[key], known ?? loose ?? (keeps(schema) ? { "x-kubernetes-preserve-unknown-fields": true } : {}), {
        ...at,
        path,
      });
  }
  for (const [key, known] of Object.entries(properties)) {
    if (known.default !== undefined && value[key] === undefined) value[key] = structuredClone(known.default);
  }
}

const isSchema = (value: Schema | boolean | undefined): value is Schema => typeof value === "object";

const mayBeNull = (schema: Schema) => schema.nullable === true || (keeps(schema) && schema.type === undefined);
