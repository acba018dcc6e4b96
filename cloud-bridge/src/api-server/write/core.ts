import type { Clock } from "@edgetwin/mapper-sdk";
import type { Reviewer } from "../../admission/reviewer.ts";
import type { ApiObject } from "../api-object.ts";
import type { Subject } from "../failures.ts";
import type { Registry } from "../resources/registry.ts";
import type { Lookup, ServedResource } from "../resources/served-resource.ts";
import type { Key, Storage } from "../storage/storage.ts";

/** What everything that reads or writes objects needs. */
export interface Core {
  readonly storage: Storage;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Says what is wrong with a change besides its shape; nothing is looked at without it. */
  readonly reviewer?: Reviewer;
  /** Called after an object began to be deleted or is gone, so that what depends on it follows. */
  readonly onDeleting: (key: Key, object: ApiObject) => void;
}

/** Which object a request is about. */
export interface Target {
  readonly resource: ServedResource;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: string;
}

/** How a change is made. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Who owns the fields that are written. */
  readonly manager: string;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** Takes what the client should be told. */
  readonly warn: (text: string) => void;
}

export const keyOf = ({ resource, namespace, name }: Target): Key => ({ resource: resource.storedAs, namespace, name });

/** What failures call an object: by its plural. */
export const subjectOf = ({ resource, name }: Target): Subject => ({
  group: resource.group,
  kind: resource.plural,
  name,
});

/** Now, as objects have it. */
export const timestamp = ({ clock }: Pick<Core, "clock">): string =>
  `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;

export const parse = (text: string): ApiObject => JSON.parse(text) as ApiObject;

/** Finds what conversions look at. */
export const lookupIn =
  ({ storage }: Pick<Core, "storage">): Lookup =>
  (resource, namespace, name) => {
    const found = storage.get({ resource, namespace, name });
    return found && parse(found.text);
  };

/** An object as this version of the resource has it. */
export function fromStored(core: Pick<Core, "storage">, resource: ServedResource, text: string): ApiObject {
  const object = parse(text);
  return resource.conversion?.fromStored(object, lookupIn(core)) ?? object;
}

/** The object as it is, in the version of the target; undefined when there is none. */
export function load(core: Core, target: Target): ApiObject | undefined {
  const found = core.storage.get(keyOf(target));
  return found && fromStored(core, target.resource, found.text);
}

/** Writes an object of the target's version. Returns it with its new version. */
export function put(
  core: Core,
  target: Target,
  { type, object }: { type: "ADDED" | "MODIFIED" | "DELETED"; object: ApiObject },
): ApiObject {
  const { resource } = target;
  const { apiVersion, kind, metadata, ...rest } =
    resource.conversion?.toStored(structuredClone(object), lookupIn(core)) ?? object;
  const owners = type === "DELETED" ? [] : (metadata.ownerReferences ?? []).map(({ uid }) => uid);
  const text = (version: number) =>
    JSON.stringify({ apiVersion, kind, metadata: { ...metadata, resourceVersion: `${version}` }, ...rest });
  const version = core.storage.write({ ...keyOf(target), type, owners, text });
  const written = { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
  if (type === "DELETED" || written.metadata.deletionTimestamp !== undefined) core.onDeleting(keyOf(target), written);
  return written;
}
