import { BridgeError } from "../../errors.ts";
import type { KubernetesClient, ObjectName, ResourceType, StoredObject } from "../../kubernetes/client.ts";
import { keyOf } from "../../kubernetes/object-cache.ts";

type Client = Pick<KubernetesClient, "get" | "create" | "replace" | "mergePatch">;

/** Objects of an API server without one: versions, conflicts, and failures that a test wants. */
export class MemoryObjects implements Client {
  readonly #objects = new Map<string, StoredObject>();
  #versions = 0;
  /** Called before each request; what it rejects with is the answer. */
  before: (verb: keyof Client) => Promise<void> = async () => {};

  async get(type: ResourceType, name: ObjectName): Promise<StoredObject | undefined> {
    await this.before("get");
    return this.peek(type, name);
  }

  async create(type: ResourceType, object: Parameters<Client["create"]>[1]): Promise<StoredObject> {
    await this.before("create");
    const place = object.metadata as ObjectName;
    if (this.peek(type, place)) throw conflict("AlreadyExists");
    return this.#put(type, object as StoredObject, `uid of ${place.name}`);
  }

  async replace(type: ResourceType, object: Parameters<Client["replace"]>[1]): Promise<StoredObject> {
    await this.before("replace");
    const before = this.peek(type, object.metadata as ObjectName);
    const { resourceVersion } = object.metadata as { readonly resourceVersion?: string };
    if (!before || before.metadata.resourceVersion !== resourceVersion) throw conflict("Conflict");
    return this.#put(type, object as StoredObject, before.metadata.uid);
  }

  async mergePatch(type: ResourceType, name: ObjectName, patch: unknown): Promise<StoredObject> {
    await this.before("mergePatch");
    const before = this.peek(type, name);
    if (!before) throw new BridgeError("KUBERNETES", `${name.name} not found`, { status: 404, reason: "NotFound" });
    const { metadata = {} } = patch as { readonly metadata?: { readonly annotations?: object } };
    const annotations = { ...(before.metadata.annotations as object | undefined), ...metadata.annotations };
    return this.#put(type, { ...before, metadata: { ...before.metadata, annotations } }, before.metadata.uid);
  }

  /** The object, without a request. */
  peek(type: ResourceType, name: ObjectName): StoredObject | undefined {
    return this.#objects.get(`${type.plural} ${keyOf(name)}`);
  }

  #put(type: ResourceType, object: StoredObject, uid: string): StoredObject {
    this.#versions += 1;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(this.#versions) } };
    this.#objects.set(`${type.plural} ${keyOf(object.metadata)}`, stored);
    return stored;
  }
}

const conflict = (reason: string): BridgeError => new BridgeError("KUBERNETES", reason, { status: 409, reason });
