import type { ApiObject } from "../api-object.ts";
import { fieldsAt } from "../api-object.ts";
import { conflict, notFound } from "../failures.ts";
import { type Core, load, put, subjectOf, type Target, timestamp } from "./core.ts";

/** How an object is deleted. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly propagation: "Background" | "Foreground" | "Orphan";
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** What became of it: it is gone, or it waits for somebody to let it go. */
export interface Removal {
  readonly gone: boolean;
  readonly object: ApiObject;
}

/** Finalizers by which the collector sees to dependents before the object goes. */
export const finalizerOf = { Foreground: "foregroundDeletion", Orphan: "orphan" } as const;

/**
 * Deletes an object, or marks it as being deleted while finalizers hold it.
 *
 * @throws BridgeError `KUBERNETES`: 404 when it is not there, 409 when it is not the one that was meant.
 */
export function remove(core: Core, target: Target, options: DeleteOptions): Removal {
  const object = load(core, target);
  if (!object) throw notFound(subjectOf(target));
  checkPreconditions(object, target, options);
  const held = [...(object.metadata.finalizers ?? [])];
  const wanted = options.propagation === "Background" ? undefined : finalizerOf[options.propagation];
  if (object.metadata.deletionTimestamp !== undefined) return { gone: false, object };
  if (wanted !== undefined && !held.includes(wanted)) held.push(wanted);
  const { kind, spec } = object;
  const isNamespace = kind === "Namespace" && ((fieldsAt(spec).finalizers as unknown[] | undefined) ?? []).length > 0;
  if (held.length === 0 && !isNamespace) {
    const gone = options.dryRun ? object : put(core, target, { type: "DELETED", object });
    return { gone: true, object: gone };
  }
  const marked = mark(core, object, { finalizers: held, hasGeneration: target.resource.hasGeneration });
  if (kind === "Namespace") marked.status = { ...fieldsAt(marked, "status"), phase: "Terminating" };
  return { gone: false, object: options.dryRun ? marked : put(core, target, { type: "MODIFIED", object: marked }) };
}

function mark(
  core: Core,
  object: ApiObject,
  { finalizers, hasGeneration }: { finalizers: string[]; hasGeneration: boolean },
): ApiObject {
  const { generation = 0 } = object.metadata;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: timestamp(core),
    // Namespaces have none.
    ...(object.kind !== "Namespace" && { deletionGracePeriodSeconds: 0 }),
    ...(hasGeneration && { generation: generation + 1 }),
    ...(finalizers.length > 0 && { finalizers }),
  };
  return { ...object, metadata };
}

function checkPreconditions({ metadata }: ApiObject, target: Target, { uid, resourceVersion }: DeleteOptions): void {
  const subject = { ...subjectOf(target), kind: target.resource.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      subject,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}
