import { sameJson } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";
import { everyPath, type FieldSet, pathOf } from "./field-set.ts";
import { structureOf } from "./structure.ts";

/** How two values differ, by paths. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values of a schema. */
export function compare(before: unknown, after: unknown, schema: Schema): Comparison {
  const added = new Set<string>();
  const modified = new Set<string>();
  const removed = new Set<string>();
  const visit = (a: unknown, b: unknown, of: Schema, elements: readonly string[]) => {
    const [left, right] = [structureOf(a, of), structureOf(b, of)];
    if (left.kind === "leaf" || right.kind === "leaf" || left.kind !== right.kind) {
      if (sameJson(a, b)) return;
      modified.add(pathOf(elements));
      // What was in a container that became something else is gone, and the other way round.
      if (left.kind !== "leaf")
        for (const [element, child] of left.children)
          everyPath(child.value, child.schema, [...elements, element], removed);
      if (right.kind !== "leaf")
        for (const [element, child] of right.children)
          everyPath(child.value, child.schema, [...elements, element], added);
      return;
    }
    for (const [element, child] of left.children) {
      const other = right.children.get(element);
      if (other) visit(child.value, other.value, child.schema, [...elements, element]);
      else everyPath(child.value, child.schema, [...elements, element], removed);
    }
    for (const [element, child] of right.children) {
      if (!left.children.has(element)) everyPath(child.value, child.schema, [...elements, element], added);
    }
  };
  visit(before ?? {}, after ?? {}, schema, []);
  return { added, modified, removed };
}
