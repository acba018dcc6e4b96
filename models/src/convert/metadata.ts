import { annotations } from "../annotations.ts";
import { parseJsonText, toJsonText } from "../json-text.ts";
import type { ApiVersion } from "../resource.ts";
import type { Edit } from "./edits.ts";
import { type Fields, fieldsOf, isObject } from "./json.ts";

const remainders = {
  v1alpha1: annotations.v1alpha1Remainder,
  v1alpha2: annotations.v1alpha2Remainder,
  v1beta1: annotations.v1beta1Remainder,
} as const satisfies Record<ApiVersion, string>;

/** The text of an annotation of a resource. */
export function annotationOf(resource: Fields, name: string): string | undefined {
  const text = fieldsOf(fieldsOf(resource.metadata).annotations)[name];
  return typeof text === "string" ? text : undefined;
}

/** `resource` with annotations set, or removed where the text is undefined; without any, the field itself goes. */
export function withAnnotations(resource: Fields, changes: Readonly<Record<string, string | undefined>>): Fields {
  const { annotations: given, ...metadata } = fieldsOf(resource.metadata);
  const merged = Object.entries({ ...fieldsOf(given), ...changes }).filter(([, text]) => text !== undefined);
  return {
    ...resource,
    metadata: { ...metadata, ...(merged.length > 0 && { annotations: Object.fromEntries(merged) }) },
  };
}

/** `resource` with the edits that lead back to how it was written in `version`. */
export function withRemainder(resource: Fields, version: ApiVersion, edits: readonly Edit[]): Fields {
  return edits.length === 0 ? resource : withAnnotations(resource, { [remainders[version]]: toJsonText(edits) });
}

/** `resource` without the remainder of `version`; the very same when it has none. */
export function withoutRemainder(resource: Fields, version: ApiVersion): Fields {
  if (annotationOf(resource, remainders[version]) === undefined) return resource;
  return withAnnotations(resource, { [remainders[version]]: undefined });
}

/**
 * The edits that lead back to how `resource` was written in `version`; none when it never was, or when somebody broke
 * the annotation, which is reported.
 */
export function remainderOf(resource: Fields, version: ApiVersion, warn?: (message: string) => void): readonly Edit[] {
  const text = annotationOf(resource, remainders[version]);
  if (text === undefined) return [];
  const edits = parseEdits(text);
  if (!edits) warn?.(`the annotation ${remainders[version]} cannot be read and is ignored; remove it`);
  return edits ?? [];
}

function parseEdits(text: string): readonly Edit[] | undefined {
  try {
    const edits = parseJsonText(text);
    return Array.isArray(edits) && edits.every(isEdit) ? edits : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isEdit(value: unknown): value is Edit {
  if (!isObject(value) || !Array.isArray(value.at)) return false;
  const isText = (part: unknown) => typeof part === "string";
  const isStep = (step: unknown) => isText(step) || (Array.isArray(step) && step.length === 2 && step.every(isText));
  return (
    value.at.every(isStep) && (value.order === undefined || (Array.isArray(value.order) && value.order.every(isText)))
  );
}
