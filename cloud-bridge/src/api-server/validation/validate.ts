import { type Fields, isFields } from "../api-object.ts";
import type { Cause } from "../failures.ts";
import type { Schema } from "./schema.ts";

/** Everything in which an object does not fit its schema, except for its metadata. */
export function validate(object: Fields, schema: Schema): Cause[] {
  const causes: Cause[] = [];
  const { apiVersion: _, kind: __, metadata: ___, ...properties } = schema.properties ?? {};
  visit(object, { ...schema, properties }, { path: "", causes });
  return causes;
}

interface At {
  readonly path: string;
  readonly causes: Cause[];
}

const quoted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(", ");

function report({ path, causes }: At, reason: string, message: string): void {
  causes.push({ reason, message, field: path === "" ? "<nil>" : path });
}

/** The name of a value's type, as messages have it. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function fits(value: unknown, schema: Schema): boolean {
  const type = typeOf(value);
  if (schema["x-kubernetes-int-or-string"]) return type === "integer" || type === "string";
  if (schema.type === undefined || type === schema.type) return true;
  return (schema.type === "number" && type === "integer") || (type === "null" && schema.nullable === true);
}

function visit(value: unknown, schema: Schema, at: At): void {
  if (!fits(value, schema)) {
    const type = JSON.stringify(typeOf(value));
    const wanted = schema["x-kubernetes-int-or-string"] ? "integer,string" : schema.type;
    report(
      at,
      "FieldValueTypeInvalid",
      `Invalid value: ${type}: ${at.path} in body must be of type ${wanted}: ${type}`,
    );
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) {
    report(
      at,
      "FieldValueNotSupported",
      `Unsupported value: ${quoted([value])}: supported values: ${quoted(schema.enum)}`,
    );
  }
  if (typeof value === "string") visitText(value, schema, at);
  else if (typeof value === "number") visitNumber(value, schema, at);
  else if (Array.isArray(value)) visitList(value, schema, at);
  else if (isFields(value)) visitFields(value, schema, at);
}

function visitText(value: string, { pattern, minLength, maxLength }: Schema, at: At): void {
  const wrong = (rule: string) =>
    report(at, "FieldValueInvalid", `Invalid value: ${quoted([value])}: ${at.path} in body should ${rule}`);
  if (pattern !== undefined && !new RegExp(pattern).test(value)) wrong(`match '${pattern}'`);
  if (minLength !== undefined && value.length < minLength) wrong(`be at least ${minLength} chars long`);
  if (maxLength !== undefined && value.length > maxLength) {
    report(at, "FieldValueTooLong", `Too long: may not be more than ${maxLength} bytes`);
  }
}

function visitNumber(value: number, { minimum, maximum }: Schema, at: At): void {
  const wrong = (rule: string) =>
    report(at, "FieldValueInvalid", `Invalid value: ${value}: ${at.path} in body should be ${rule}`);
  if (minimum !== undefined && value < minimum) wrong(`greater than or equal to ${minimum}`);
  if (maximum !== undefined && value > maximum) wrong(`less than or equal to ${maximum}`);
}

function visitList(value: readonly unknown[], schema: Schema, at: At): void {
  const { items = {}, minItems, maxItems } = schema;
  if (minItems !== undefined && value.length < minItems) {
    report(
      at,
      "FieldValueInvalid",
      `Invalid value: ${value.length}: ${at.path} in body should have at least ${minItems} items`,
    );
  }
  if (maxItems !== undefined && value.length > maxItems) {
    report(at, "FieldValueTooMany", `Too many: ${value.length}: must have at most ${maxItems} items`);
  }
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const place = { ...at, path: `${at.path}[${index}]` };
    visit(item, items, place);
    const key = keyOf(item, schema);
    if (key !== undefined && seen.has(key)) report(place, "FieldValueDuplicate", `Duplicate value: ${key}`);
    if (key !== undefined) seen.add(key);
  }
}

/** What must be unique in a list, as JSON. */
function keyOf(item: unknown, schema: Schema): string | undefined {
  if (schema["x-kubernetes-list-type"] === "set") return JSON.stringify(item);
  if (schema["x-kubernetes-list-type"] !== "map" || !isFields(item)) return undefined;
  return JSON.stringify(
    Object.fromEntries((schema["x-kubernetes-list-map-keys"] ?? []).map((key) => [key, item[key]])),
  );
}

function visitFields(value: Fields, schema: Schema, at: At): void {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const inside = (key: string): At => ({ ...at, path: at.path === "" ? key : `${at.path}.${key}` });
  for (const key of required) {
    if (!Object.hasOwn(value, key)) report(inside(key), "FieldValueRequired", "Required value");
  }
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known) visit(item, known, inside(key));
    else if (typeof additionalProperties === "object") visit(item, additionalProperties, inside(key));
  }
}
