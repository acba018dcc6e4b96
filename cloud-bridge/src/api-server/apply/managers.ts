import type { ApiObject, Fields, ManagedFields } from "../api-object.ts";
import { objectMeta, type Schema } from "../validation/schema.ts";
import { elementsOf, type FieldSet, fromFieldsV1, sameSet, toFieldsV1 } from "./field-set.ts";

/** Who writes, and how. */
export interface Writer {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** A manager and the fields it has. */
export interface Managed extends Writer {
  readonly time?: string;
  readonly fields: FieldSet;
}

/** Fields that belong to the server or say which object it is; nobody manages them. */
const unmanaged = new Set([
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "generation",
  "managedFields",
  "resourceVersion",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
]);

const isManaged = (path: string): boolean => {
  const [first, second] = elementsOf(path);
  if (first === "f:apiVersion" || first === "f:kind") return false;
  return first !== "f:metadata" || (second !== undefined && !unmanaged.has(second.slice(2)));
};

export const managedOnly = (set: FieldSet): FieldSet => new Set([...set].filter(isManaged));

/** The schema of a kind together with that of its metadata. */
export const wholeSchema = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, metadata: objectMeta },
});

export const isSameWriter = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  (a.subresource ?? "") === (b.subresource ?? "");

/** The managers that an object says it has. Entries that cannot be read are left out. */
export function managersOf({ metadata }: ApiObject): Managed[] {
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return entries
    .filter(
      ({ manager, operation }) => typeof manager === "string" && (operation === "Apply" || operation === "Update"),
    )
    .map(({ fieldsV1, fieldsType: _, ...rest }) => ({ ...rest, fields: fromFieldsV1(fieldsV1 ?? {}) }));
}

/** Puts managers into an object: those without fields are gone, applying ones come first, older ones before newer ones. */
export function setManagers(object: ApiObject, managers: readonly Managed[]): void {
  const entries = managers
    .filter(({ fields }) => fields.size > 0)
    .sort(inOrder)
    .map(entryOf);
  if (entries.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = entries;
}

function inOrder(a: Managed, b: Managed): number {
  if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1;
  const [left, right] = [sortKey(a), sortKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const sortKey = ({ time = "", manager, apiVersion, subresource = "" }: Managed) =>
  [time, manager, apiVersion, subresource].join("\0");

function entryOf({ fields, time, subresource, ...rest }: Managed): ManagedFields {
  return {
    ...rest,
    ...(time !== undefined && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: toFieldsV1(fields) as Fields,
    ...(subresource && { subresource }),
  };
}

/** Whether two lists say the same; times do not count. */
export function sameManagers(a: readonly Managed[], b: readonly Managed[]): boolean {
  const kept = b.filter(({ fields }) => fields.size > 0);
  const before = a.filter(({ fields }) => fields.size > 0);
  return (
    before.length === kept.length &&
    before.every((one) => kept.some((other) => isSameWriter(one, other) && sameSet(one.fields, other.fields)))
  );
}
