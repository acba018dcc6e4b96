import type { Issue } from "@edgetwin/models";

/** One thing that is wrong with an object, in the form of Kubernetes' `details.causes`; `kubectl` shows field and message. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What a review found. Causes refuse the change; warnings are told to whoever made it. */
export interface Review {
  readonly causes: readonly Cause[];
  readonly warnings: readonly string[];
}

export const nothing: Review = { causes: [], warnings: [] };

/** An issue of a device or a model as a cause. */
export function causeOf({ path, value, message }: Pick<Issue, "path" | "value" | "message">): Cause {
  const field = path === "" ? "<nil>" : path;
  if (/^is missing\b/.test(message)) return required(field, message.replace(/^is missing;? ?/, ""));
  if (value === undefined) return { reason: "FieldValueForbidden", field, message: `Forbidden: ${message}` };
  return invalidValue(field, value, message);
}

export const invalidValue = (field: string, value: unknown, message: string): Cause => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${shown(value)}: ${message}`,
});

export const required = (field: string, message: string): Cause => ({
  reason: "FieldValueRequired",
  field,
  message: message === "" ? "Required value" : `Required value: ${message}`,
});

/** Something else that the object names is not there. */
export const missing = (field: string, value: string, message: string): Cause => ({
  reason: "FieldValueNotFound",
  field,
  message: `Not found: ${shown(value)}: ${message}`,
});

export const warningOf = ({ path, message }: Pick<Issue, "path" | "message">): string =>
  path === "" ? message : `${path}: ${message}`;

/** Names for a sentence: the first three, and how many more there are. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

/** A value as messages of kube-apiserver show it, short enough for a line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
