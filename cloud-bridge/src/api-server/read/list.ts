import { setImmediate } from "node:timers/promises";
import type { ApiObject } from "../api-object.ts";
import { expired } from "../failures.ts";
import type { ServedResource } from "../resources/served-resource.ts";
import type { Revision, Storage } from "../storage/storage.ts";
import { fromStored } from "../write/core.ts";
import { continueAfter, type ListOptions } from "./list-options.ts";
import type { Selection } from "./selection.ts";

/** How many rows are read at once: few enough that other requests hardly wait, some milliseconds. */
const rowsAtOnce = 500;

/** One object of a list. */
export interface Item {
  /** As JSON. */
  readonly text: string;
  readonly object: () => ApiObject;
}

/** What is known of a list when its last item was read. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** What to list. */
export interface Listing {
  readonly storage: Storage;
  readonly resource: ServedResource;
  readonly selection: Selection;
  readonly options: ListOptions;
}

/**
 * Reads a list piece by piece, with other work in between; all of it is of one point in time. Returns the metadata.
 *
 * @throws BridgeError `KUBERNETES` 410 when that point in time is over before the list is.
 */
export async function* list(listing: Listing): AsyncGenerator<Item[], ListMetadata> {
  const { storage, resource, selection, options } = listing;
  const { at, limit } = options;
  const place = {
    resource: resource.storedAs,
    ...(selection.namespace !== undefined && { namespace: selection.namespace }),
  };
  let { after } = options;
  let left = limit;
  for (;;) {
    if (at < storage.oldest) throw expired("The list took longer than its point in time is kept; list again.");
    const wanted = selection.matches ? rowsAtOnce : Math.min(left, rowsAtOnce);
    const rows = storage.page({ ...place, at, limit: wanted, ...(after && { after }) });
    const items: Item[] = [];
    let last: Revision | undefined;
    for (const row of rows) {
      last = row;
      const item = itemOf(listing, row);
      if (item && items.push(item) === left) break;
    }
    left -= items.length;
    if (items.length > 0) yield items;
    if (left === 0 && last) return endOf(listing, last);
    if (rows.length < wanted) return { resourceVersion: `${at}` };
    after = last;
    await setImmediate();
  }
}

function itemOf({ storage, resource, selection }: Listing, row: Revision): Item | undefined {
  if (selection.name !== undefined && row.name !== selection.name) return undefined;
  if (!selection.matches && !resource.conversion) {
    return { text: row.text, object: () => fromStored({ storage }, resource, row.text) };
  }
  const object = fromStored({ storage }, resource, row.text);
  if (selection.matches && !selection.matches(object)) return undefined;
  return { text: resource.conversion ? JSON.stringify(object) : row.text, object: () => object };
}

/** There may be more: with a selector nobody knows how many, and a page that happens to be the last is followed by an empty one. */
function endOf({ storage, resource, selection, options }: Listing, last: Revision): ListMetadata {
  const { at } = options;
  const place = {
    resource: resource.storedAs,
    ...(selection.namespace !== undefined && { namespace: selection.namespace }),
  };
  const remaining = storage.count({ ...place, at, after: last });
  if (remaining === 0) return { resourceVersion: `${at}` };
  const token = continueAfter(at, last);
  if (selection.matches) return { resourceVersion: `${at}`, continue: token };
  return { resourceVersion: `${at}`, continue: token, remainingItemCount: remaining };
}
