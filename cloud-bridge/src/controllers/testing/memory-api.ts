import { BridgeError } from "../../errors.ts";
import type { KubernetesClient, ResourceType, StoredObject } from "../../kubernetes/client.ts";

type Api = Pick<KubernetesClient, "get" | "list" | "create" | "replace" | "mergePatch" | "strategicPatch" | "apply">;
type Json = Record<string, unknown>;

/** What was asked of the API. */
export interface Asked {
  readonly verb: string;
  readonly kind: string;
  readonly name: string;
  readonly body: Json;
  readonly subresource?: string;
}

/** An API that remembers what it was told, and fails as a test wants. Objects are kept; patches are only told. */
export class MemoryApi implements Api {
  readonly asked: Asked[] = [];
  readonly objects = new Map<string, StoredObject>();
  /** Called before each change; throws to refuse it. */
  refuse: (asked: Asked) => void = () => {};
  #version = 100;

  async get({ plural }: ResourceType, { namespace, name }: { readonly namespace?: string; readonly name: string }) {
    return this.objects.get(`${plural} ${namespace === undefined ? name : `${namespace}/${name}`}`);
  }

  async list({ plural }: ResourceType) {
    const items = [...this.objects].filter(([key]) => key.startsWith(`${plural} `)).map(([, object]) => object);
    return { items, resourceVersion: String(this.#version) };
  }

  create: Api["create"] = async (type, object) => this.#take("create", type, object as Json);
  replace: Api["replace"] = async (type, object) => this.#take("replace", type, object as Json);
  apply: Api["apply"] = async (type, object, { subresource }) => this.#take("apply", type, object as Json, subresource);
  mergePatch: Api["mergePatch"] = async (type, { namespace, name }, patch, { subresource } = {}) =>
    this.#take("merge", type, { ...(patch as Json), metadata: { namespace, name } }, subresource);
  strategicPatch: Api["strategicPatch"] = async (type, { namespace, name }, patch, { subresource } = {}) =>
    this.#take("strategic", type, { ...(patch as Json), metadata: { namespace, name } }, subresource);

  /** What was asked since the last call. */
  taken(): Asked[] {
    return this.asked.splice(0);
  }

  #take(verb: string, { plural }: ResourceType, body: Json, subresource?: "status"): StoredObject {
    const { namespace, name = "" } = body.metadata as { readonly namespace?: string; readonly name?: string };
    const place = namespace === undefined ? name : `${namespace}/${name}`;
    const asked = { verb, kind: plural, name: place, body, ...(subresource && { subresource }) };
    this.refuse(asked);
    this.asked.push(asked);
    const key = `${plural} ${place}`;
    if (verb === "create" && this.objects.has(key))
      throw new BridgeError("KUBERNETES", `${key} already exists`, { status: 409, reason: "AlreadyExists" });
    this.#version += 1;
    const metadata = { uid: `uid-${name}`, ...(body.metadata as Json), resourceVersion: String(this.#version) };
    const stored = { ...this.objects.get(key), ...body, metadata } as unknown as StoredObject;
    this.objects.set(key, stored);
    return stored;
  }
}
