/** Any JSON object. */
export type Fields = Record<string, unknown>;

/** The metadata of an object, as far as the server itself reads it. */
export interface Metadata extends Fields {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFields[];
}

/** Whose object this is: it goes when the last of its owners goes. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly blockOwnerDeletion?: boolean;
}

/** What one manager said about an object, in the form of FieldsV1. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: Fields;
  readonly subresource?: string;
}

/** An object of the API on its way through the server: a copy of the request's own, to be changed freely. */
export interface ApiObject extends Fields {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `value[key]` as an object; empty when it is none. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  let at: unknown = value;
  for (const key of path) at = isFields(at) ? at[key] : undefined;
  return isFields(at) ? at : {};
}

/** Whether two JSON values are the same; the order of keys does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isFields(a) || !isFields(b)) return a === b;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}
