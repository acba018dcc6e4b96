import type { KubernetesObject } from "@edgetwin/cloud-protocol";

/** A kind of object, as paths of the API name it. */
export interface ResourceType {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural: `devices`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object of a kind; `namespace` is required for namespaced kinds. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** An object as the API has it: `metadata.name`, `uid` and `resourceVersion` are always there. */
export type StoredObject = KubernetesObject & {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
};

/** Some objects of a kind, and the point in time they are of. */
export interface ObjectList {
  readonly items: readonly StoredObject[];
  readonly resourceVersion: string;
}

/** One thing that happened to an object since a watch began. */
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: StoredObject }
  /** Everything up to this version was sent. */
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };

/** Which objects a list or watch is about. */
export interface Selection {
  /** All namespaces when missing. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** How a change is made. */
export interface WriteOptions {
  /** The subresource to write; `status` leaves everything else as it is. */
  readonly subresource?: "status";
  /** Who owns the fields, for server-side apply. */
  readonly fieldManager?: string;
  /** Takes fields over from other managers. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * A Kubernetes API: a cluster's, or the one that the bridge serves itself. Every method rejects with `BridgeError`
 * `KUBERNETES` (with HTTP status and reason: `NotFound`, `Conflict`, `AlreadyExists`, `Expired`, ...) or `UNREACHABLE`.
 */
export interface KubernetesClient {
  /** The object, or undefined when there is none. */
  get(
    type: ResourceType,
    name: ObjectName,
    options?: { readonly signal?: AbortSignal },
  ): Promise<StoredObject | undefined>;
  /** Every selected object; read in pages, all of the same point in time. */
  list(type: ResourceType, selection?: Selection, options?: { readonly signal?: AbortSignal }): Promise<ObjectList>;
  /**
   * What happens after `resourceVersion`, until `signal` aborts or the server ends the watch (which it does every few
   * minutes). Rejects with reason `Expired` when the server no longer has that version: list again.
   */
  watch(
    type: ResourceType,
    selection: Selection & { readonly resourceVersion: string },
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<WatchEvent>;
  create(type: ResourceType, object: KubernetesObject, options?: WriteOptions): Promise<StoredObject>;
  /** Rejects with reason `Conflict` when `metadata.resourceVersion` is not the current one. */
  replace(type: ResourceType, object: KubernetesObject, options?: WriteOptions): Promise<StoredObject>;
  /** JSON merge patch (RFC 7386): `null` removes a key. */
  mergePatch(type: ResourceType, name: ObjectName, patch: unknown, options?: WriteOptions): Promise<StoredObject>;
  /** Strategic merge patch, in which lists like `conditions` are merged by their key; of built-in kinds only. */
  strategicPatch(type: ResourceType, name: ObjectName, patch: unknown, options?: WriteOptions): Promise<StoredObject>;
  /** Server-side apply: the object's fields become those of `fieldManager`; creates it when it is not there. */
  apply(
    type: ResourceType,
    object: KubernetesObject,
    options: WriteOptions & { readonly fieldManager: string },
  ): Promise<StoredObject>;
  /** Resolves also when it is gone already. */
  delete(
    type: ResourceType,
    name: ObjectName,
    options?: { readonly uid?: string; readonly signal?: AbortSignal },
  ): Promise<void>;
}
