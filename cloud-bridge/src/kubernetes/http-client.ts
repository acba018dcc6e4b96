import type { KubernetesObject } from "@edgetwin/cloud-protocol";
import { type Clock, systemClock } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import type {
  KubernetesClient,
  ObjectList,
  ObjectName,
  ResourceType,
  Selection,
  StoredObject,
  WatchEvent,
  WriteOptions,
} from "./client.ts";
import { type ClusterAccess, Credentials } from "./credentials.ts";
import { jsonLines } from "./json-lines.ts";
import { resourcePath } from "./resource-url.ts";
import { type ApiRequest, Transport } from "./transport.ts";
import { watchEvent } from "./watch-event.ts";

export interface HttpClientOptions {
  readonly clock?: Clock;
  /** From 0 to 1: spreads the ends of watches. */
  readonly random?: () => number;
}

/** Objects of a page: what kubectl takes as well. */
const pageSize = "500";

/** A server ends a watch by itself after this time, or up to twice as much; see `watch`. */
const watchSeconds = 300;

/** How much longer than it said a server may take to end a watch: then the connection is dead. */
const graceMs = 30_000;

interface Page {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly StoredObject[] | null;
}

/** A Kubernetes API over HTTP. Lists and watches come without `metadata.managedFields`, often half of an object. */
export class HttpKubernetesClient implements KubernetesClient, Disposable {
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  readonly #random: () => number;

  constructor(config: ClusterAccess, { clock = systemClock, random = Math.random }: HttpClientOptions = {}) {
    this.#credentials = new Credentials(config, clock);
    this.#transport = new Transport(this.#credentials, clock);
    this.#random = random;
  }

  async get(
    type: ResourceType,
    name: ObjectName,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<StoredObject | undefined> {
    try {
      return (await this.#transport.json({ method: "GET", path: resourcePath(type, name), signal })) as StoredObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(
    type: ResourceType,
    selection: Selection = {},
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ObjectList> {
    try {
      return await this.#pages(type, selection, signal);
    } catch (error) {
      // So many objects, or so slow a reader, that the server forgot the point in time: once more, from the beginning.
      if (!(error instanceof BridgeError && error.reason === "Expired")) throw error;
      return await this.#pages(type, selection, signal);
    }
  }

  async *watch(
    type: ResourceType,
    { namespace, labelSelector, fieldSelector, resourceVersion }: Selection & { readonly resourceVersion: string },
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const seconds = Math.round(watchSeconds * (1 + this.#random()));
    const query = {
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(seconds),
      resourceVersion,
      labelSelector,
      fieldSelector,
    };
    const request: ApiRequest = { method: "GET", path: resourcePath(type, inNamespace(namespace)), query, signal };
    try {
      for await (const line of jsonLines(this.#transport.stream(request, seconds * 1000 + graceMs))) {
        const event = watchEvent(line, request);
        yield event.type === "BOOKMARK" ? event : { ...event, object: withoutManagedFields(event.object) };
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  create(type: ResourceType, object: KubernetesObject, options: WriteOptions = {}): Promise<StoredObject> {
    const { namespace } = object.metadata ?? {};
    return this.#write({ method: "POST", path: resourcePath(type, inNamespace(namespace)), body: object }, options);
  }

  async replace(type: ResourceType, object: KubernetesObject, options: WriteOptions = {}): Promise<StoredObject> {
    const path = resourcePath(type, nameOf(object), options.subresource);
    return await this.#write({ method: "PUT", path, body: object }, options);
  }

  mergePatch(type: ResourceType, name: ObjectName, patch: unknown, options: WriteOptions = {}): Promise<StoredObject> {
    const path = resourcePath(type, name, options.subresource);
    const contentType = "application/merge-patch+json";
    return this.#write({ method: "PATCH", path, body: patch, contentType }, options);
  }

  strategicPatch(
    type: ResourceType,
    name: ObjectName,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<StoredObject> {
    const path = resourcePath(type, name, options.subresource);
    const contentType = "application/strategic-merge-patch+json";
    return this.#write({ method: "PATCH", path, body: patch, contentType }, options);
  }

  async apply(
    type: ResourceType,
    object: KubernetesObject,
    options: WriteOptions & { readonly fieldManager: string },
  ): Promise<StoredObject> {
    const path = resourcePath(type, nameOf(object), options.subresource);
    // JSON is YAML.
    const contentType = "application/apply-patch+yaml";
    return await this.#write({ method: "PATCH", path, body: object, contentType }, { force: false, ...options });
  }

  async delete(
    type: ResourceType,
    name: ObjectName,
    { uid, signal }: { readonly uid?: string; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", ...(uid !== undefined && { preconditions: { uid } }) };
    try {
      await this.#transport.json({ method: "DELETE", path: resourcePath(type, name), body, signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Closes the connections. */
  [Symbol.dispose](): void {
    this.#credentials.close();
  }

  async #write(request: ApiRequest, { fieldManager, force, signal }: WriteOptions): Promise<StoredObject> {
    const query = { fieldManager, ...(force !== undefined && { force: String(force) }) };
    return (await this.#transport.json({ ...request, query, signal })) as StoredObject;
  }

  async #pages(type: ResourceType, selection: Selection, signal: AbortSignal | undefined): Promise<ObjectList> {
    const { namespace, labelSelector, fieldSelector } = selection;
    const path = resourcePath(type, inNamespace(namespace));
    const items: StoredObject[] = [];
    for (let token: string | undefined; ; ) {
      const query = { limit: pageSize, labelSelector, fieldSelector, continue: token };
      const page = (await this.#transport.json({ method: "GET", path, query, signal })) as Page;
      for (const item of page.items ?? []) items.push(withKind(withoutManagedFields(item), page));
      token = page.metadata.continue;
      if (!token) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }
}

const inNamespace = (namespace: string | undefined) => (namespace === undefined ? {} : { namespace });

function nameOf({ metadata }: KubernetesObject): ObjectName {
  if (metadata?.name === undefined) throw new TypeError("an object that is written needs metadata.name");
  return { ...inNamespace(metadata.namespace), name: metadata.name };
}

const isNotFound = (error: unknown): boolean => error instanceof BridgeError && error.reason === "NotFound";

/** Objects of the core group do not say in a list what they are. */
function withKind(object: StoredObject, { apiVersion, kind }: Page): StoredObject {
  if (object.kind !== undefined || kind === undefined) return object;
  return { apiVersion, kind: kind.replace(/List$/, ""), ...object };
}

function withoutManagedFields(object: StoredObject): StoredObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as StoredObject["metadata"] };
}
