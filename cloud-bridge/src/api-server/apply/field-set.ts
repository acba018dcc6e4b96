import { type Fields, isFields } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";
import { structureOf } from "./structure.ts";

/** Paths of fields; each the JSON of its elements in the notation of FieldsV1. */
export type FieldSet = ReadonlySet<string>;

export const pathOf = (elements: readonly string[]): string => JSON.stringify(elements);
export const elementsOf = (path: string): string[] => JSON.parse(path);

export const union = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a, ...b]);
export const difference = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => !b.has(path)));
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => b.has(path)));
export const sameSet = (a: FieldSet, b: FieldSet): boolean => a.size === b.size && [...a].every((path) => b.has(path));

/** The set with everything that its members lie in. */
export function withParents(set: FieldSet): FieldSet {
  const all = new Set<string>();
  for (const path of set) {
    const elements = elementsOf(path);
    for (let length = 1; length <= elements.length; length++) all.add(pathOf(elements.slice(0, length)));
  }
  return all;
}

/** What an applied object says: its leaves, empty containers, and the items of keyed lists themselves. */
export function fieldsOf(value: unknown, schema: Schema): FieldSet {
  const found = new Set<string>();
  const visit = (at: unknown, of: Schema, elements: readonly string[], inKeyed: boolean) => {
    const structure = structureOf(at, of);
    if (structure.kind === "leaf" || structure.children.size === 0 || inKeyed) {
      if (elements.length > 0) found.add(pathOf(elements));
    }
    if (structure.kind === "leaf") return;
    for (const [element, child] of structure.children) {
      visit(child.value, child.schema, [...elements, element], structure.kind === "keyed");
    }
  };
  visit(value, schema, [], false);
  return found;
}

/** Every path of a value, containers too. */
export function everyPath(value: unknown, schema: Schema, elements: readonly string[], into: Set<string>): void {
  if (elements.length > 0) into.add(pathOf(elements));
  const structure = structureOf(value, schema);
  if (structure.kind === "leaf") return;
  for (const [element, child] of structure.children) everyPath(child.value, child.schema, [...elements, element], into);
}

/** Reads FieldsV1. */
export function fromFieldsV1(fields: Fields): FieldSet {
  const found = new Set<string>();
  const visit = (at: Fields, elements: readonly string[]) => {
    const children = Object.entries(at).filter(([element]) => element !== ".");
    if (elements.length > 0 && (children.length === 0 || Object.hasOwn(at, "."))) found.add(pathOf(elements));
    for (const [element, child] of children) if (isFields(child)) visit(child, [...elements, element]);
  };
  visit(fields, []);
  return found;
}

/** Writes FieldsV1: `.` marks a container that is a member besides what is in it. */
export function toFieldsV1(set: FieldSet): Fields {
  const root: Fields = {};
  for (const path of [...set].sort()) {
    let at = root;
    for (const element of elementsOf(path)) {
      at[element] ??= {};
      at = at[element] as Fields;
    }
  }
  const mark = (at: Fields, elements: readonly string[]) => {
    const children = Object.keys(at);
    for (const element of children) mark(at[element] as Fields, [...elements, element]);
    if (children.length > 0 && elements.length > 0 && set.has(pathOf(elements))) {
      const members = Object.entries(at);
      for (const element of children) delete at[element];
      at["."] = {};
      for (const [element, child] of members) at[element] = child;
    }
  };
  mark(root, []);
  return root;
}

/** `.spec.properties[name="red"].desired`, as conflicts name a field. */
export function showPath(path: string): string {
  return elementsOf(path)
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith("f:")) return `.${text}`;
      if (element.startsWith("v:")) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Fields);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    })
    .join("");
}
