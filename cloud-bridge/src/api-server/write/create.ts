import { randomBytes, randomUUID } from "node:crypto";
import type { ApiObject } from "../api-object.ts";
import { fieldsAt } from "../api-object.ts";
import { trackUpdate } from "../apply/track-update.ts";
import { alreadyExists, forbidden, internal, notFound } from "../failures.ts";
import { admitFields, checkMetadata, checkPlace, checkType, checkValues, undecodable } from "./admit.ts";
import { checkReview } from "./check-review.ts";
import { type Core, keyOf, parse, put, subjectOf, type Target, timestamp, type WriteOptions } from "./core.ts";

/** Letters and digits that make no words. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";
/** Names of 253 characters have room for 248 before the suffix; Kubernetes cuts at 63. */
const maxGenerated = 63 - 5;

/** A creation; `managed` when the object has its managers already, from an apply. */
export interface Creation {
  readonly object: ApiObject;
  readonly managed?: boolean;
}

/**
 * Creates an object.
 *
 * @throws BridgeError `KUBERNETES`: 400 for the wrong place or shape, 403 in a namespace that goes, 404 for a namespace that
 * is not there, 409 when it exists, 422 for wrong values.
 */
export function create(
  core: Core,
  target: Target,
  { object, managed = false }: Creation,
  options: WriteOptions,
): ApiObject {
  const { resource, namespace } = target;
  checkType(object, resource);
  checkMetadata(object, resource);
  checkPlace(object, { ...target, name: "" });
  if (object.metadata.resourceVersion) throw internal("resourceVersion should not be set on objects to be created");
  admitFields(object, resource, options, (problem) => undecodable(resource, problem));
  setMetadata(core, object, target);
  const placed = { ...target, name: object.metadata.name ?? "" };
  checkNamespace(core, placed);
  resource.complete?.(object, undefined);
  if (resource.hasStatus && !resource.createsOnUpdate) delete object.status;
  checkValues(object, placed, options);
  checkReview(core, placed, { operation: "CREATE", object }, options);
  const existing = core.storage.get(keyOf(placed));
  if (existing) {
    const deleting = parse(existing.text).metadata.deletionTimestamp !== undefined;
    throw alreadyExists(subjectOf(placed), { deleting });
  }
  if (!managed) {
    const writer = { manager: options.manager, operation: "Update", apiVersion: object.apiVersion } as const;
    delete object.metadata.managedFields;
    trackUpdate({ before: undefined, after: object, schema: resource.schema, writer, time: timestamp(core) });
  }
  if (namespace === "") delete object.metadata.namespace;
  return options.dryRun ? object : put(core, placed, { type: "ADDED", object });
}

function setMetadata(core: Core, { metadata }: ApiObject, { namespace, resource }: Target): void {
  const {
    deletionTimestamp: _,
    deletionGracePeriodSeconds: __,
    selfLink: ___,
    resourceVersion: ____,
    generation: _____,
    ...kept
  } = metadata;
  for (const key of Object.keys(metadata)) if (!Object.hasOwn(kept, key)) delete metadata[key];
  if (!metadata.name && metadata.generateName) metadata.name = generate(metadata.generateName);
  if (namespace !== "") metadata.namespace = namespace;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(core);
  if (resource.hasGeneration) metadata.generation = 1;
}

function generate(prefix: string): string {
  const suffix = [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join("");
  return `${prefix.slice(0, maxGenerated)}${suffix}`;
}

/** @throws BridgeError `KUBERNETES` 404 without the namespace, 403 while it goes. */
function checkNamespace({ storage }: Core, target: Target): void {
  const { namespace } = target;
  if (namespace === "") return;
  const found = storage.get({ resource: "namespaces", namespace: "", name: namespace });
  if (!found) throw notFound({ group: "", kind: "namespaces", name: namespace });
  if (fieldsAt(parse(found.text), "status").phase !== "Terminating") return;
  throw forbidden(
    subjectOf(target),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  );
}
