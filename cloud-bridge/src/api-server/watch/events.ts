import type { ApiObject } from "../api-object.ts";
import type { Selection } from "../read/selection.ts";
import type { ServedResource } from "../resources/served-resource.ts";
import type { Change, Storage } from "../storage/storage.ts";
import { fromStored } from "../write/core.ts";

/** What a watch tells of a change. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: ApiObject;
}

/** What is watched. */
export interface Watched {
  readonly storage: Storage;
  readonly resource: ServedResource;
  readonly selection: Selection;
}

/**
 * What a change means to somebody who sees only some objects: one that begins to be selected is added, one that no longer
 * is, deleted. Undefined when it means nothing to them.
 */
export function eventOf({ storage, resource, selection }: Watched, change: Change): WatchEvent | undefined {
  if (selection.namespace !== undefined && change.namespace !== selection.namespace) return undefined;
  if (selection.name !== undefined && change.name !== selection.name) return undefined;
  const object = fromStored({ storage }, resource, change.text);
  const { matches } = selection;
  if (!matches) return { type: change.type, object };
  const before = change.previous === undefined ? undefined : fromStored({ storage }, resource, change.previous);
  const did = before !== undefined && matches(before);
  const does = change.type !== "DELETED" && matches(object);
  if (!did && !does) return undefined;
  if (did && does) return { type: "MODIFIED", object };
  return { type: does ? "ADDED" : "DELETED", object };
}
