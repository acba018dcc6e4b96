import { type AnswerResult, type ObjectRequest, parseObjectPath } from "@edgetwin/cloud-protocol";
import type { NodeContent, WantedObject } from "../hub/node-port.ts";
import type { KubernetesClient, ResourceType, StoredObject } from "../kubernetes/client.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { type DeviceIndex, modelKeyOf } from "./device-facts.ts";
import { ReferenceIndex, type ReferenceKey, referenceKeyOf } from "./reference-index.ts";

/** A cache of the Secrets or ConfigMaps of one namespace that is kept up to date. */
export interface FollowedObjects extends ObjectSource<never> {
  stop(): Promise<void>;
}

/** What reference content is made of. */
export interface ReferenceContentOptions {
  /** Devices, with `deviceIndexes`. */
  readonly devices: ObjectSource<DeviceIndex>;
  readonly models: ObjectSource<never>;
  readonly client: Pick<KubernetesClient, "get">;
  /** Begins to follow the objects of a namespace: those alone in which devices name something. */
  readonly follow: (type: ResourceType, namespace: string) => FollowedObjects;
}

type Type = "secret" | "configmap";
type Listener = (node: string, key: string) => void;

const resources: Readonly<Record<Type, ResourceType>> = {
  secret: resourceTypes.secrets,
  configmap: resourceTypes.configMaps,
};
const isType = (type: string): type is Type => type === "secret" || type === "configmap";

/** The Secrets and ConfigMaps that the devices of each node name, and no others. */
export class ReferenceContent implements NodeContent, AsyncDisposable {
  readonly #options: ReferenceContentOptions;
  readonly #index = new ReferenceIndex();
  /** By `{namespace}/{type}/`. */
  readonly #followed = new Map<string, FollowedObjects>();
  readonly #listeners = new Set<Listener>();
  readonly #stops: readonly (() => void)[];
  readonly #ending = new Set<Promise<void>>();

  constructor(options: ReferenceContentOptions) {
    const { devices, models } = options;
    this.#options = options;
    for (const device of devices.cache.values()) this.#look(`${device.metadata.namespace}/${device.metadata.name}`);
    this.#stops = [
      devices.subscribe(({ key }) => this.#look(key)),
      models.subscribe(({ key }) => {
        for (const device of devices.cache.keysBy("model", key)) this.#look(device);
      }),
    ];
  }

  objectsOf(node: string): ReadonlyMap<string, WantedObject> {
    const found = new Map<string, WantedObject>();
    for (const key of this.#index.keysOf(node)) {
      const object = this.#objectAt(key);
      if (object) found.set(key, object);
    }
    return found;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Answers a node that asks; undefined when it asks for something else. */
  request(node: string, { operation, path }: ObjectRequest): Promise<AnswerResult> | undefined {
    const { type, namespace, name } = path;
    if (!isType(type)) return undefined;
    const isAllowed =
      operation === "query" && namespace !== undefined && this.#index.has(node, `${namespace}/${type}/${name}`);
    return isAllowed ? this.#read(type, namespace, name) : Promise.resolve(forbidden(node, { operation, path }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    for (const followed of this.#followed.values()) this.#end(followed);
    this.#followed.clear();
    await Promise.all(this.#ending);
  }

  async #read(type: Type, namespace: string, name: string): Promise<AnswerResult> {
    const object = await this.#options.client.get(resources[type], { namespace, name });
    if (object) return { ok: true, object };
    return { ok: false, reason: "NotFound", code: 404, message: `${type} "${name}" not found` };
  }

  #look(key: string): void {
    const { devices, models } = this.#options;
    const device = devices.cache.get(key);
    const modelKey = device && modelKeyOf(device);
    const changes = this.#index.put(key, device, modelKey === undefined ? undefined : models.cache.get(modelKey));
    for (const { key: changed } of changes) this.#followWhatIsUsed(changed);
    for (const { node, key: changed } of changes) this.#tell(node, changed);
  }

  #followWhatIsUsed(key: ReferenceKey): void {
    const { namespace, type } = placeOf(key);
    const prefix = `${namespace}/${type}/`;
    const followed = this.#followed.get(prefix);
    const isUsed = this.#index.isUsed(prefix);
    if (isUsed && !followed) {
      const source = this.#options.follow(resources[type], namespace);
      source.subscribe(({ before, now }) => {
        const object = now ?? before;
        if (object) this.#changed(referenceKeyOf(type, object));
      });
      this.#followed.set(prefix, source);
    } else if (!isUsed && followed) {
      this.#followed.delete(prefix);
      this.#end(followed);
    }
  }

  #end(followed: FollowedObjects): void {
    const ended = followed.stop().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #changed(key: ReferenceKey): void {
    for (const node of [...this.#index.nodesOf(key)]) this.#tell(node, key);
  }

  #objectAt(key: ReferenceKey): WantedObject | undefined {
    const { namespace, type, name } = placeOf(key);
    const stored = this.#followed.get(`${namespace}/${type}/`)?.cache.get(`${namespace}/${name}`);
    return stored && wanted(type, stored);
  }

  #tell(node: string, key: string): void {
    for (const listener of this.#listeners) listener(node, key);
  }
}

function placeOf(key: ReferenceKey): { readonly namespace: string; readonly type: Type; readonly name: string } {
  const { namespace = "", type, name } = parseObjectPath(key) ?? assertNever(key);
  return { namespace, type: type as Type, name };
}

function assertNever(key: string): never {
  throw new TypeError(`${key} is no key of a Secret or ConfigMap`);
}

/** What edges need of it; who wrote which field is none of their business. */
function wanted(type: Type, { metadata, ...rest }: StoredObject): WantedObject {
  const { namespace, name, uid, resourceVersion } = metadata;
  const kind = type === "secret" ? "Secret" : "ConfigMap";
  const object = { apiVersion: "v1", kind, ...rest, metadata: { namespace, name, uid, resourceVersion } };
  return {
    path: { ...(namespace !== undefined && { namespace }), type, name },
    resourceVersion,
    object,
  } as WantedObject;
}

const forbidden = (node: string, { operation, path }: Pick<ObjectRequest, "operation" | "path">): AnswerResult => ({
  ok: false,
  reason: "Forbidden",
  code: 403,
  message: `${path.type} "${path.name}" is forbidden: no device of node ${node} names it, or it may not ${operation} it`,
});
