import { type ApiObject, fieldsAt, sameJson } from "../api-object.ts";
import { managersOf, sameManagers } from "../apply/managers.ts";
import { trackUpdate } from "../apply/track-update.ts";
import { type Cause, conflict, internal, invalid } from "../failures.ts";
import { admitFields, checkMetadata, checkPlace, checkValues } from "./admit.ts";
import { checkReview } from "./check-review.ts";
import { type Core, put, subjectOf, type Target, timestamp, type WriteOptions } from "./core.ts";

/** A change of an object that is there. */
export interface Update {
  readonly before: ApiObject;
  readonly after: ApiObject;
  /** The object has its managers already, from an apply. */
  readonly managed?: boolean;
  /** How unknown fields are refused: each verb has its own words. */
  readonly refuse: (problem: string) => Error;
}

/**
 * Makes an object what `after` says. What the server keeps itself stays as it is; a change of nothing is no write.
 *
 * @throws BridgeError `KUBERNETES`: 400, 409 when `after` names another version or uid, 422 for wrong values.
 */
export function update(core: Core, target: Target, change: Update, options: WriteOptions): ApiObject {
  const { resource, subresource } = target;
  const { before } = change;
  const after = subresource === "status" ? statusOnly(change) : structuredClone(change.after);
  checkMetadata(after, resource);
  checkPlace(after, target);
  checkVersion(before, after, target);
  admitFields(after, resource, options, change.refuse);
  const causes = keepServerFields(before, after);
  if (resource.hasStatus && subresource === undefined) keepStatus(before, after);
  resource.complete?.(after, before);
  checkValues(after, target, options, [...causes, ...newFinalizers(before, after)]);
  checkReview(core, target, { operation: "UPDATE", object: after, before }, options);
  if (resource.hasGeneration && !sameJson(specified(before, target), specified(after, target))) {
    after.metadata.generation = (before.metadata.generation ?? 0) + 1;
  }
  if (!change.managed) track(core, { before, after, target, options });
  if (isUnchanged(before, after)) return before;
  if (options.dryRun) return after;
  return isFinished(after)
    ? finish(core, target, after, before)
    : put(core, target, { type: "MODIFIED", object: after });
}

/** Of a write to `status` nothing else counts. */
function statusOnly({ before, after }: Update): ApiObject {
  const { resourceVersion, uid, managedFields = before.metadata.managedFields } = after.metadata;
  const metadata = {
    ...before.metadata,
    ...(resourceVersion && { resourceVersion }),
    ...(uid && { uid }),
    ...(managedFields && { managedFields }),
  };
  const { status: _, ...rest } = before;
  return structuredClone({
    ...rest,
    metadata,
    ...(after.status !== undefined && { status: after.status }),
  }) as ApiObject;
}

function keepStatus(before: ApiObject, after: ApiObject): void {
  if (before.status === undefined) delete after.status;
  else after.status = structuredClone(before.status);
}

/** @throws BridgeError `KUBERNETES` 409 when somebody else was faster. */
function checkVersion(before: ApiObject, { metadata }: ApiObject, target: Target): void {
  const { resourceVersion, uid } = metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw internal(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  }
  if (resourceVersion && resourceVersion !== "0" && resourceVersion !== before.metadata.resourceVersion) {
    throw conflict(subjectOf(target));
  }
  // A patch that names another uid is refused with everything else that cannot be changed.
  if (uid && uid !== before.metadata.uid && resourceVersion === undefined) throw conflict(subjectOf(target));
}

const immutable = ["uid", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

function keepServerFields(before: ApiObject, after: ApiObject): Cause[] {
  const causes: Cause[] = [];
  for (const field of immutable) {
    const [was, is] = [before.metadata[field], after.metadata[field]];
    if (is !== undefined && is !== null && is !== was) {
      const value =
        field === "deletionTimestamp" ? `${is}`.replace("T", " ").replace("Z", " +0000 UTC") : JSON.stringify(is);
      causes.push({
        reason: "FieldValueInvalid",
        message: `Invalid value: ${value}: field is immutable`,
        field: `metadata.${field}`,
      });
    }
  }
  const {
    uid,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    resourceVersion,
    name,
    namespace,
  } = before.metadata;
  const kept = {
    uid,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    resourceVersion,
    name,
    namespace,
  };
  for (const [key, value] of Object.entries(kept)) {
    if (value === undefined) delete after.metadata[key];
    else after.metadata[key] = value;
  }
  delete after.metadata.selfLink;
  return causes;
}

function newFinalizers(before: ApiObject, after: ApiObject): Cause[] {
  if (before.metadata.deletionTimestamp === undefined) return [];
  const had = new Set(before.metadata.finalizers);
  const fresh = (after.metadata.finalizers ?? []).filter((name) => !had.has(name));
  if (fresh.length === 0) return [];
  const list = fresh.map((name) => JSON.stringify(name)).join(", ");
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [{ reason: "FieldValueForbidden", message, field: "metadata.finalizers" }];
}

/** What `metadata.generation` counts. */
function specified({ metadata: _, status, ...rest }: ApiObject, { resource }: Target): unknown {
  return resource.hasStatus ? rest : { ...rest, status };
}

interface Tracked {
  readonly before: ApiObject;
  readonly after: ApiObject;
  readonly target: Target;
  readonly options: WriteOptions;
}

function track(core: Core, { before, after, target, options }: Tracked): void {
  const { resource, subresource } = target;
  const writer = {
    manager: options.manager,
    operation: "Update" as const,
    apiVersion: after.apiVersion,
    ...(subresource !== undefined && { subresource }),
  };
  trackUpdate({ before, after, schema: resource.schema, writer, time: timestamp(core) });
}

/** Times of managers alone are no change. */
function isUnchanged(before: ApiObject, after: ApiObject): boolean {
  const bare = ({ metadata: { managedFields: _, ...metadata }, ...rest }: ApiObject) => ({ ...rest, metadata });
  return sameJson(bare(before), bare(after)) && sameManagers(managersOf(before), managersOf(after));
}

/** Nothing holds it back any more. */
export const isFinished = ({ metadata, kind, spec }: ApiObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers ?? []).length === 0 &&
  (kind !== "Namespace" || ((fieldsAt(spec).finalizers as unknown[] | undefined) ?? []).length === 0);

/** The last finalizer is gone: so is the object. The answer has the version before. */
function finish(core: Core, target: Target, after: ApiObject, before: ApiObject): ApiObject {
  put(core, target, { type: "DELETED", object: after });
  return { ...after, metadata: { ...after.metadata, resourceVersion: before.metadata.resourceVersion ?? "" } };
}

/** A PUT has to say which version it replaces, where the resource asks for it. */
export function checkReplacement({ metadata }: ApiObject, target: Target): void {
  const { resource } = target;
  if (metadata.resourceVersion && metadata.resourceVersion !== "0") return;
  if (resource.createsOnUpdate && resource.plural !== "leases") return;
  const message = "Invalid value: 0x0: must be specified for an update";
  throw invalid(subjectOf(target), [{ reason: "FieldValueInvalid", message, field: "metadata.resourceVersion" }]);
}
