/** Where an object is kept. `namespace` is empty for objects of the whole cluster. */
export interface Key {
  /** `{plural}.{group}`, the same for every version of the resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object at some point in time. */
export interface Revision extends Key {
  readonly version: number;
  /** The object as JSON, in its storage version, with `metadata.resourceVersion` in it. */
  readonly text: string;
}

/** Something that happened. */
export interface Change extends Revision {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object before it, absent for ADDED. */
  readonly previous?: string;
}

/** Which objects a page is about, in the order of namespace and name. */
export interface PageRequest {
  readonly resource: string;
  /** One namespace; all of them when missing. */
  readonly namespace?: string;
  /** Only what comes after this one. */
  readonly after?: { readonly namespace: string; readonly name: string };
  readonly limit: number;
  /** The point in time. The newest when missing. */
  readonly at?: number;
}

/** An index of objects by a text in them. */
export type IndexName = "devicesOfNode" | "devicesOfModel";

/** What to write; `text` gets the new version from the caller through `withVersion`. */
export interface Write extends Key {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object as JSON for the version it is given. */
  readonly text: (version: number) => string;
  /** Uids of the owners of the object. */
  readonly owners: readonly string[];
}

/**
 * Objects, their versions and what happened lately, in one SQLite file. Every method is synchronous, so that reading,
 * deciding and writing is one step that nothing comes between.
 */
export interface Storage extends AsyncDisposable {
  /** Version of the last write; 1 when there was none yet. */
  readonly version: number;
  /** The oldest version that can still be read or watched from. */
  readonly oldest: number;
  get(key: Key): Revision | undefined;
  page(request: PageRequest): Revision[];
  count(request: Omit<PageRequest, "limit">): number;
  /** What happened after `since` to a resource, oldest first, and up to which version that is. */
  changes(resource: string, since: number, limit: number): { changes: Change[]; through: number };
  /** Objects that have a text in an index, by namespace and name; in one namespace when it is given. */
  by(index: IndexName, text: string, place: { readonly namespace?: string; readonly limit: number }): Revision[];
  /** Objects that name this owner, and every uid that is named as an owner. */
  dependentsOf(uid: string): Key[];
  owners(): string[];
  /** Objects that are being deleted. */
  deleting(): Revision[];
  /** Writes and tells everybody who subscribed. On the disk when it returns. */
  write(write: Write): number;
  /** Calls `listener` after every write. Returns how to stop. */
  subscribe(listener: () => void): () => void;
}
