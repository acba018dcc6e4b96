import type { Findings } from "../findings.ts";
import { showBriefly } from "../issue.ts";
import { parseJsonText } from "../json-text.ts";
import type { Metadata } from "../v1beta1.ts";

/** The path of an annotation in messages. */
export const annotationPath = (name: string) => `metadata.annotations["${name}"]`;

/** The JSON object in an annotation; undefined when there is none or, with an error in `findings`, when it is not one. */
export function annotationObject(
  { metadata }: { readonly metadata: Metadata },
  { name, findings }: { readonly name: string; readonly findings: Findings },
): Readonly<Record<string, unknown>> | undefined {
  const text = metadata.annotations?.[name];
  if (text === undefined) return undefined;
  const path = annotationPath(name);
  try {
    const value = parseJsonText(text);
    if (isObject(value)) return value;
    findings.error({ path, value: text, message: `expected a JSON object, got ${showBriefly(value)}` });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.error({ path, value: text, message: `expected a JSON object such as {"red":["OFF","ON"]}: ${reason}` });
  }
  return undefined;
}

/** Whether `value` is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
