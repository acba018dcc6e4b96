import { type KubernetesObject, parseObjectPath } from "@edgetwin/cloud-protocol";
import type { RecordedLine } from "@edgetwin/cloud-protocol/testing";
import type { MemoryContent } from "../../src/hub/testing/memory-nodes.ts";

type Json = Readonly<Record<string, unknown>>;

const kinds: ReadonlyMap<string, string> = new Map([
  ["devices", "device"],
  ["devicemodels", "devicemodel"],
]);

/**
 * What the operator of a recording did to devices and models, brought to nodes as controllers do: a node holds its
 * devices, and the models that they use.
 */
export class RecordedCluster {
  readonly #content: MemoryContent;
  readonly #objects = new Map<string, Json>();

  constructor(content: MemoryContent) {
    this.#content = content;
  }

  /** Takes a line of a recording; others than changes of devices and models are none of its business. */
  take({ api, result, status }: RecordedLine): void {
    const match = /\/namespaces\/([^/]+)\/(devices|devicemodels)(?:\/([^/]+))?$/.exec(String(api?.path));
    const type = kinds.get(match?.[2] ?? "");
    if (!api || !match || type === undefined || api.method === "GET" || Number(status ?? 200) >= 300) return;
    const body = (api.body ?? {}) as Json & { readonly metadata?: { readonly name?: string } };
    const [, namespace = "", , named] = match;
    const key = `${namespace}/${type}/${named ?? body.metadata?.name}`;
    if (api.method === "DELETE") this.#objects.delete(key);
    else this.#objects.set(key, stamped(merged(this.#objects.get(key) ?? {}, body) as Json, result as Json));
    this.#bring();
  }

  /** Brings the nodes to what the objects say. */
  #bring(): void {
    const wanted = new Map<string, Map<string, Json>>();
    for (const [key, object] of this.#objects) {
      const spec = object.spec as { readonly nodeName?: string; readonly deviceModelRef?: { readonly name?: string } };
      if (!key.includes("/device/") || !spec.nodeName) continue;
      const objects = wanted.get(spec.nodeName) ?? new Map<string, Json>();
      wanted.set(spec.nodeName, objects);
      const model = `${key.slice(0, key.indexOf("/"))}/devicemodel/${spec.deviceModelRef?.name}`;
      const used = this.#objects.get(model);
      if (used) objects.set(model, used);
      objects.set(key, object);
    }
    for (const node of new Set([...wanted.keys(), ...this.#content.nodes()])) this.#bringTo(node, wanted.get(node));
  }

  #bringTo(node: string, wanted: ReadonlyMap<string, Json> = new Map()): void {
    for (const key of [...this.#content.objectsOf(node).keys()])
      if (/\/device(model)?\//.test(key) && !wanted.has(key)) this.#content.remove(node, key);
    for (const [key, object] of wanted) {
      const { resourceVersion } = object.metadata as { readonly resourceVersion: string };
      if (this.#content.objectsOf(node).get(key)?.resourceVersion === resourceVersion) continue;
      this.#content.put(node, parseObjectPath(key) as never, object);
    }
  }
}

function stamped(object: Json, { resourceVersion, uid }: Json): Json {
  return { ...object, metadata: { ...(object.metadata as KubernetesObject["metadata"]), resourceVersion, uid } };
}

/** JSON merge patch, RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
