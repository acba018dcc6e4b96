import type { ApiObject } from "../api-object.ts";
import type { NameRule } from "../validation/names.ts";
import type { Schema } from "../validation/schema.ts";

/** A column of what `kubectl get` shows. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
  readonly cell: (object: ApiObject, nowMs: number) => unknown;
}

/** Finds stored objects that a conversion looks at. */
export type Lookup = (resource: string, namespace: string, name: string) => ApiObject | undefined;

/** How a served version differs from the stored one. */
export interface Conversion {
  toStored(object: ApiObject, lookup: Lookup): ApiObject;
  fromStored(object: ApiObject, lookup: Lookup): ApiObject;
}

/** A resource in one of the versions in which it is served. */
export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Name in the storage: the same for all versions and views of the same objects. */
  readonly storedAs: string;
  /** None for the version that is stored. */
  readonly conversion?: Conversion;
  readonly schema: Schema;
  /** Besides the name, which always comes first. */
  readonly columns: readonly Column[];
  /** Whether `metadata.generation` counts changes of the specification. */
  readonly hasGeneration: boolean;
  /** Whether `status` is written by itself only. */
  readonly hasStatus: boolean;
  readonly createsOnUpdate: boolean;
  readonly selectableFields: readonly string[];
  readonly nameRule: NameRule;
  /** Completes an object that is about to be written. */
  readonly complete?: (object: ApiObject, before: ApiObject | undefined) => void;
}

/** `devices.kubeedge.io/v1beta1`, or `v1` for the core group. */
export const apiVersionOf = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group === "" ? version : `${group}/${version}`;

/** Every verb of a resource that can be written. */
export const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;
export const readVerbs = ["get", "list", "watch"] as const;
