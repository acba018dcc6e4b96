import type { ApiObject } from "../api-object.ts";
import { badRequest, conflict, methodNotAllowed, notFound, unsupportedMediaType } from "../failures.ts";
import { readForm } from "../print/form.ts";
import { list } from "../read/list.ts";
import { readListOptions } from "../read/list-options.ts";
import { readSelection } from "../read/selection.ts";
import { apiVersionOf } from "../resources/served-resource.ts";
import { checkMetadata, checkPlace, checkType, undecodable } from "../write/admit.ts";
import { checkReview } from "../write/check-review.ts";
import { type Core, load, subjectOf, type Target } from "../write/core.ts";
import { create } from "../write/create.ts";
import { type Patch, patchObject } from "../write/patch-object.ts";
import { remove } from "../write/remove.ts";
import { checkReplacement, update } from "../write/update.ts";
import { contentTypeOf, parseObject, readBody, readYaml } from "./body.ts";
import { readDeleteOptions } from "./delete-options.ts";
import { type Exchange, sendObject } from "./exchange.ts";
import { readWriteOptions } from "./write-options.ts";

async function readObject({ request }: Exchange, { resource }: Target): Promise<ApiObject> {
  return parseObject(await readBody(request), contentTypeOf(request), resource.kind) as ApiObject;
}

/** @throws BridgeError `KUBERNETES` whatever `create` does. */
export async function handleCreate(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const form = readForm(exchange.request.headers.accept);
  const options = readWriteOptions(exchange, "CreateOptions");
  const object = await readObject(exchange, target);
  sendObject(exchange, { ...form, code: 201 }, create(core, target, { object }, options));
}

/** @throws BridgeError `KUBERNETES` whatever `update` does; 404 for a custom resource that is not there. */
export async function handleReplace(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const form = readForm(exchange.request.headers.accept);
  const { resource } = target;
  const options = readWriteOptions(exchange, "UpdateOptions");
  const after = await readObject(exchange, target);
  checkType(after, resource);
  checkMetadata(after, resource);
  if (!after.metadata.name) {
    throw badRequest(`the name of the object (${target.name} based on URL) was undeterminable: name must be provided`);
  }
  checkPlace(after, target);
  const before = load(core, target);
  if (!before) {
    if (!resource.createsOnUpdate || target.subresource !== undefined) throw notFound(subjectOf(target));
    return sendObject(exchange, { ...form, code: 201 }, create(core, target, { object: after }, options));
  }
  checkReplacement(after, target);
  checkUid(before, after, target);
  const refuse = (problem: string) => undecodable(resource, problem);
  sendObject(exchange, form, update(core, target, { before, after, refuse }, options));
}

/** @throws BridgeError `KUBERNETES` 409 for an object that was deleted and made anew since, in the words of etcd's client. */
function checkUid(before: ApiObject, after: ApiObject, target: Target): void {
  const { uid } = after.metadata;
  if (!uid || uid === before.metadata.uid) return;
  const { resource, namespace, name } = target;
  const key = ["/registry", resource.group, resource.plural, namespace, name].filter((part) => part !== "").join("/");
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
  throw conflict(
    subjectOf(target),
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

const patchTypes: Readonly<Record<string, Patch["type"]>> = {
  "application/merge-patch+json": "merge",
  "application/json-patch+json": "json",
  "application/apply-patch+yaml": "apply",
};
const acceptedPatches = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

/** @throws BridgeError `KUBERNETES` whatever `patchObject` does; 415 for a strategic merge patch of a kind that is not built in. */
export async function handlePatch(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const { request, query } = exchange;
  const form = readForm(request.headers.accept);
  const media = contentTypeOf(request);
  // Only built-in kinds know which of their lists are merged.
  const isStrategic = media === "application/strategic-merge-patch+json" && target.resource.createsOnUpdate;
  const type = isStrategic ? "strategic" : patchTypes[media];
  if (!type) throw unsupportedMediaType(acceptedPatches);
  const options = readWriteOptions(exchange, "PatchOptions", { needsManager: type === "apply" });
  const body = parsePatch(await readBody(request), type);
  const force = query.get("force") === "true" || query.get("force") === "1";
  const { object, created } = patchObject(core, target, { type, body, force }, options);
  sendObject(exchange, { ...form, code: created ? 201 : 200 }, object);
}

function parsePatch(body: Buffer, type: Patch["type"]): unknown {
  const text = body.toString("utf8");
  try {
    return type === "apply" ? readYaml(text) : JSON.parse(text);
  } catch (cause) {
    const problem = text.trim() === "" ? "unexpected end of JSON input" : (cause as Error).message;
    throw badRequest(`error decoding ${type === "apply" ? "YAML" : "patch"}: ${problem}`);
  }
}

/** @throws BridgeError `KUBERNETES` whatever `remove` does. */
export async function handleDelete(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const form = readForm(exchange.request.headers.accept);
  const options = readDeleteOptions(await readBody(exchange.request), exchange.query);
  const before = load(core, target);
  const warn = (text: string) => exchange.warnings.push(text);
  if (before) checkReview(core, target, { operation: "DELETE", before }, { warn });
  const { gone, object } = remove(core, target, options);
  if (!gone) return sendObject(exchange, form, object);
  const { group, plural } = target.resource;
  const details = { name: target.name, ...(group !== "" && { group }), kind: plural, uid: object.metadata.uid };
  sendObject(exchange, form, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

/** @throws BridgeError `KUBERNETES` 400 for selectors, 405 where everything cannot be deleted at once. */
export async function handleDeleteCollection(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const { resource } = target;
  if (!resource.verbs.includes("deletecollection"))
    throw methodNotAllowed({ group: resource.group, kind: resource.plural });
  const form = readForm(exchange.request.headers.accept);
  const deletion = readDeleteOptions(await readBody(exchange.request), exchange.query);
  const selection = readSelection(exchange.query, resource, target.namespace);
  const options = readListOptions(exchange.query, core.storage);
  const items: ApiObject[] = [];
  const pieces = list({ storage: core.storage, resource, selection, options });
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    for (const { object } of next.value) {
      const found = object();
      const place = { resource, namespace: found.metadata.namespace ?? "", name: found.metadata.name ?? "" };
      // Somebody may have deleted it since the list was read.
      if (load(core, place)) items.push(remove(core, place, deletion).object);
    }
  }
  sendObject(exchange, form, {
    kind: resource.listKind,
    apiVersion: apiVersionOf(resource),
    metadata: resource.createsOnUpdate ? next.value : { continue: "", ...next.value },
    items,
  });
}
