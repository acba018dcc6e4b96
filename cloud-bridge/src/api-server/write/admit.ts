import type { ApiObject } from "../api-object.ts";
import { badRequest, type Cause, invalid } from "../failures.ts";
import type { ServedResource } from "../resources/served-resource.ts";
import { apiVersionOf } from "../resources/served-resource.ts";
import { prune } from "../validation/prune.ts";
import { validate } from "../validation/validate.ts";
import { adviceOn, validateMetadata } from "../validation/validate-metadata.ts";
import type { Target, WriteOptions } from "./core.ts";

/**
 * Brings an object into the shape of its schema: unknown fields go, with a warning or a failure as the client asked.
 *
 * @throws BridgeError `KUBERNETES` from `refuse` under `Strict`.
 */
export function admitFields(
  object: ApiObject,
  resource: ServedResource,
  options: WriteOptions,
  refuse: (problem: string) => Error,
): void {
  const unknown = prune(object, resource.schema).map((path) => `unknown field "${path}"`);
  if (unknown.length === 0) return;
  if (options.fieldValidation === "Strict") throw refuse(`strict decoding error: ${unknown.join(", ")}`);
  if (options.fieldValidation === "Warn") for (const problem of unknown) options.warn(problem);
}

/** How POST and PUT refuse unknown fields. */
export const undecodable = ({ kind, version }: ServedResource, problem: string): Error =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);

/** @throws BridgeError `KUBERNETES` 422 with everything that is wrong at once; `more` is what the caller found. */
export function checkValues(
  object: ApiObject,
  { resource }: Pick<Target, "resource">,
  { warn }: WriteOptions,
  more: readonly Cause[] = [],
): void {
  const causes = [
    ...more,
    ...validateMetadata(object.metadata, resource.nameRule),
    ...validate(object, resource.schema),
  ];
  const subject = { group: resource.group, kind: resource.kind, name: object.metadata.name ?? "" };
  if (causes.length > 0) throw invalid(subject, causes);
  for (const advice of adviceOn(object.metadata)) warn(advice);
}

/**
 * Checks that metadata has the types that the rest of the server relies on.
 *
 * @throws BridgeError `KUBERNETES` 400 in the words of kube-apiserver.
 */
export function checkMetadata({ metadata }: ApiObject, resource: ServedResource): void {
  const refuse = (value: unknown, field: string, type: string) => {
    const found = Array.isArray(value)
      ? "array"
      : value === null
        ? "null"
        : typeof value === "boolean"
          ? "bool"
          : typeof value;
    throw undecodable(
      resource,
      `json: cannot unmarshal ${found} into Go struct field ObjectMeta.${field} of type ${type}`,
    );
  };
  for (const field of ["name", "generateName", "namespace", "uid", "resourceVersion"] as const) {
    const value: unknown = metadata[field];
    if (value !== undefined && value !== null && typeof value !== "string") refuse(value, field, "string");
  }
  for (const field of ["labels", "annotations"] as const) {
    const map: unknown = metadata[field] ?? {};
    if (typeof map !== "object" || map === null || Array.isArray(map)) refuse(map, field, "map[string]string");
    for (const value of Object.values(map as object)) if (typeof value !== "string") refuse(value, field, "string");
  }
  for (const field of ["finalizers", "ownerReferences", "managedFields"] as const) {
    const list: unknown = metadata[field] ?? [];
    if (!Array.isArray(list)) refuse(list, field, "[]string");
    const wanted = field === "finalizers" ? "string" : "object";
    for (const item of list as unknown[]) if (typeof item !== wanted || item === null) refuse(item, field, wanted);
  }
}

/** @throws BridgeError `KUBERNETES` 400 or 422 when the object is of another kind or version than the path. */
export function checkType(object: ApiObject, resource: ServedResource): void {
  const apiVersion = apiVersionOf(resource);
  if (object.apiVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (object.kind === resource.kind) return;
  const message = `Invalid value: "${object.kind}": must be ${resource.kind}`;
  const subject = { group: resource.group, kind: object.kind, name: String(object.metadata.name ?? "") };
  throw invalid(subject, [{ reason: "FieldValueInvalid", message, field: "kind" }]);
}

const otherName = (given: string, wanted: string) =>
  badRequest(`the name of the object (${given}) does not match the name on the URL (${wanted})`);

/** @throws BridgeError `KUBERNETES` 400 when the object is not the one of the path. */
export function checkPlace({ metadata }: ApiObject, { name, namespace }: Target): void {
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name !== "" && metadata.name !== undefined && metadata.name !== name) throw otherName(metadata.name, name);
}
