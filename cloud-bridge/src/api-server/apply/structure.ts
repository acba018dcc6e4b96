import { type Fields, isFields } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";

/** A value as server-side apply sees it: a leaf, or children by path element in the notation of FieldsV1. */
export type Structure =
  | { readonly kind: "leaf" }
  | { readonly kind: "map" | "keyed" | "set"; readonly children: ReadonlyMap<string, Child> };

export interface Child {
  readonly value: unknown;
  readonly schema: Schema;
}

const leaf: Structure = { kind: "leaf" };
const open: Schema = {};

/** The structure of a value. Maps are taken apart and lists are leaves where the schema does not say otherwise. */
export function structureOf(value: unknown, schema: Schema): Structure {
  if (isFields(value)) {
    if (schema["x-kubernetes-map-type"] === "atomic") return leaf;
    return { kind: "map", children: membersOf(value, schema) };
  }
  if (!Array.isArray(value)) return leaf;
  const items = schema.items ?? open;
  const type = schema["x-kubernetes-list-type"];
  if (type === "set") {
    return {
      kind: "set",
      children: new Map(value.map((item) => [`v:${JSON.stringify(item)}`, { value: item, schema: items }])),
    };
  }
  if (type !== "map" || !value.every(isFields)) return leaf;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return {
    kind: "keyed",
    children: new Map(value.map((item) => [keyElement(item, keys, items), { value: item, schema: items }])),
  };
}

function membersOf(value: Fields, schema: Schema): Map<string, Child> {
  const loose = typeof schema.additionalProperties === "object" ? schema.additionalProperties : open;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return new Map(
    members.map(([key, member]) => {
      const known = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
      return [`f:${key}`, { value: member, schema: known ?? loose }];
    }),
  );
}

/** `k:{"name":"red"}`: the keys in order, with their defaults. */
function keyElement(item: Fields, keys: readonly string[], schema: Schema): string {
  const values = [...keys].sort().map((key) => [key, item[key] ?? schema.properties?.[key]?.default ?? null]);
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}
