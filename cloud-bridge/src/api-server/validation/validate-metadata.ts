import type { Metadata } from "../api-object.ts";
import type { Cause } from "../failures.ts";
import { labelTextRule, type NameRule, qualifiedRule } from "./names.ts";

/** Annotations of one object may have 256 KiB in all. */
const maxAnnotationBytes = 256 * 1024;

const invalid = (field: string, value: unknown, message: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${JSON.stringify(value)}: ${message}`,
  field,
});

/** Everything that is wrong with the metadata of an object that is about to be written. */
export function validateMetadata(metadata: Metadata, rule: NameRule): Cause[] {
  const { name, generateName, labels = {}, annotations = {}, finalizers = [], ownerReferences = [] } = metadata;
  const causes: Cause[] = [];
  const check = (field: string, value: string, of: NameRule, whole = value) => {
    for (const message of of(whole)) causes.push(invalid(field, value, message));
  };
  // A generated name ends with something that is allowed anyhow.
  if (generateName) check("metadata.generateName", generateName, rule, `${generateName}x`);
  if (!name)
    causes.push({
      reason: "FieldValueRequired",
      message: "Required value: name or generateName is required",
      field: "metadata.name",
    });
  else check("metadata.name", name, rule);
  for (const [key, value] of Object.entries(labels)) {
    check("metadata.labels", key, qualifiedRule);
    check("metadata.labels", value, labelTextRule);
  }
  for (const key of Object.keys(annotations)) check("metadata.annotations", key, qualifiedRule, key.toLowerCase());
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + key.length + Buffer.byteLength(value),
    0,
  );
  if (bytes > maxAnnotationBytes) {
    const message = `Too long: may not be more than ${maxAnnotationBytes} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: "metadata.annotations" });
  }
  for (const finalizer of finalizers) check("metadata.finalizers", finalizer, qualifiedRule);
  for (const owner of ownerReferences) {
    for (const key of ["apiVersion", "kind", "name", "uid"] as const) {
      const message = key === "apiVersion" ? "version must not be empty" : `${key} must not be empty`;
      if (!owner[key]) causes.push(invalid(`metadata.ownerReferences.${key}`, "", message));
    }
  }
  return causes;
}

/** Advice about metadata that is allowed. */
export const adviceOn = ({ finalizers = [] }: Metadata): string[] =>
  finalizers
    .filter((name) => !name.includes("/") && name !== "orphan" && name !== "foregroundDeletion")
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
    );
