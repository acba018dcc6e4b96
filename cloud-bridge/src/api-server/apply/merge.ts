import { type Fields, isFields } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";
import { elementsOf, type FieldSet } from "./field-set.ts";
import { structureOf } from "./structure.ts";

/** The live value with what was applied put over it: maps and keyed lists item by item, everything else whole. */
export function merge(live: unknown, applied: unknown, schema: Schema): unknown {
  const [old, fresh] = [structureOf(live, schema), structureOf(applied, schema)];
  if (old.kind === "leaf" || fresh.kind === "leaf" || old.kind !== fresh.kind) return structuredClone(applied);
  const values = new Map([...old.children].map(([element, { value }]) => [element, value]));
  for (const [element, child] of fresh.children) {
    const before = old.children.get(element);
    values.set(element, before ? merge(before.value, child.value, child.schema) : structuredClone(child.value));
  }
  if (old.kind === "map") return Object.fromEntries([...values].map(([element, value]) => [element.slice(2), value]));
  return [...values.values()];
}

/** Takes paths away, with everything below them. Returns a new value. */
export function without(value: unknown, schema: Schema, paths: FieldSet): unknown {
  const clone = structuredClone(value);
  for (const path of paths) takeAway(clone, schema, elementsOf(path));
  return clone;
}

function takeAway(at: unknown, schema: Schema, [element, ...rest]: readonly string[]): void {
  const structure = structureOf(at, schema);
  if (structure.kind === "leaf" || element === undefined) return;
  const child = structure.children.get(element);
  if (!child) return;
  if (rest.length > 0) takeAway(child.value, child.schema, rest);
  else if (isFields(at)) delete (at as Fields)[element.slice(2)];
  else if (Array.isArray(at)) at.splice(at.indexOf(child.value), 1);
}
