import { type ApiObject, isFields } from "../api-object.ts";
import { apply } from "../apply/apply.ts";
import { badRequest, type Cause, conflict, internal, invalid, notFound } from "../failures.ts";
import { jsonPatch } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { strategicPatch } from "../patch/strategic-patch.ts";
import { apiVersionOf } from "../resources/served-resource.ts";
import { prune } from "../validation/prune.ts";
import { checkMetadata, checkPlace } from "./admit.ts";
import { type Core, load, subjectOf, type Target, timestamp, type WriteOptions } from "./core.ts";
import { create } from "./create.ts";
import { update } from "./update.ts";

/** A patch, by its media type. */
export interface Patch {
  readonly type: "merge" | "json" | "strategic" | "apply";
  readonly body: unknown;
  readonly force: boolean;
}

/** The object after the patch, and whether it is new. */
export interface Patched {
  readonly object: ApiObject;
  readonly created: boolean;
}

/**
 * Patches an object; an apply creates it when it is not there.
 *
 * @throws BridgeError `KUBERNETES` 400, 404, 409, 422.
 */
export function patchObject(core: Core, target: Target, patch: Patch, options: WriteOptions): Patched {
  const before = load(core, target);
  if (patch.type === "apply") return applyObject(core, target, { patch, before }, options);
  if (!before) throw notFound(subjectOf(target));
  const patched = patchedWith(before, patch);
  if (!isFields(patched) || !isFields(patched.metadata))
    throw badRequest("error decoding patch: the result is no object");
  const after = patched as ApiObject;
  checkSameType(after, target);
  const refuse = (problem: string) => unknownInPatch(after, problem);
  return { object: update(core, target, { before, after, refuse }, options), created: false };
}

function patchedWith(before: ApiObject, { type, body }: Patch): unknown {
  if (type === "json") return jsonPatch(before, body);
  return type === "strategic" ? strategicPatch(before, checked(body)) : mergePatch(before, checked(body));
}

function checked(body: unknown): unknown {
  if (isFields(body)) return body;
  const what = Array.isArray(body) ? "array" : typeof body;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
  );
}

/** A patch refuses unknown fields in other words than POST does. */
function unknownInPatch(after: ApiObject, problem: string): Error {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(after))}: ${problem}`;
  return invalid({ group: "", kind: "", name: "" }, [{ reason: "FieldValueInvalid", message, field: "patch" }]);
}

function checkSameType(after: ApiObject, { resource, name }: Target): void {
  const causes: Cause[] = [];
  const wanted = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  for (const field of ["apiVersion", "kind"] as const) {
    if (after[field] === wanted[field]) continue;
    const message = `Invalid value: "${after[field]}": must be ${wanted[field]}`;
    causes.push({ reason: "FieldValueInvalid", message, field });
  }
  if (causes.length > 0) throw invalid({ group: resource.group, kind: String(after.kind), name }, causes);
}

interface Applying {
  readonly patch: Patch;
  readonly before: ApiObject | undefined;
}

function applyObject(core: Core, target: Target, { patch, before }: Applying, options: WriteOptions): Patched {
  const { resource, subresource } = target;
  const applied = appliedObject(patch.body, target, before);
  const writer = {
    manager: options.manager,
    operation: "Apply" as const,
    apiVersion: apiVersionOf(resource),
    ...(subresource !== undefined && { subresource }),
  };
  const { schema } = resource;
  const after = apply({ live: before, applied, schema, writer, force: patch.force, time: timestamp(core) });
  if (before) {
    return {
      object: update(core, target, { before, after, managed: true, refuse: internal }, options),
      created: false,
    };
  }
  if (subresource !== undefined) throw notFound(subjectOf(target));
  return { object: create(core, target, { object: after, managed: true }, options), created: true };
}

/** @throws BridgeError `KUBERNETES`: 400 for another object, 409 for another version, 500 for unknown fields. */
function appliedObject(body: unknown, target: Target, before: ApiObject | undefined): ApiObject {
  const { resource, name, namespace } = target;
  if (!isFields(body)) throw badRequest("error decoding YAML: expected an object");
  const applied = structuredClone({ ...body, metadata: isFields(body.metadata) ? body.metadata : {} }) as ApiObject;
  if (!applied.apiVersion || !applied.kind) throw badRequest("invalid object type: /, Kind=");
  checkSameType(applied, target);
  checkMetadata(applied, resource);
  if (applied.metadata.managedFields !== undefined && applied.metadata.managedFields !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  checkPlace(applied, target);
  const { resourceVersion } = applied.metadata;
  if (resourceVersion && resourceVersion !== before?.metadata.resourceVersion) throw conflict(subjectOf(target));
  for (const field of ["resourceVersion", "uid", "creationTimestamp", "generation", "selfLink", "managedFields"]) {
    delete applied.metadata[field];
  }
  applied.metadata.name = name;
  if (namespace !== "") applied.metadata.namespace = namespace;
  refuseUnknown(applied, target);
  return applied;
}

function refuseUnknown(applied: ApiObject, { resource, name, namespace }: Target): void {
  // Defaults are the server's, not the applier's: only the unknown fields of the copy count.
  const unknown = prune(structuredClone(applied), resource.schema);
  if (unknown.length === 0) return;
  const place = `${namespace === "" ? "" : `${namespace}/`}${name}; ${apiVersionOf(resource)}, Kind=${resource.kind}`;
  const problems = unknown.map((path) => `.${path}: field not declared in schema`);
  const text = problems.length === 1 ? problems[0] : `errors:\n  ${problems.join("\n  ")}`;
  throw internal(`failed to create typed patch object (${place}): ${text}`);
}
