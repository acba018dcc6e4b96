import { type Device, type DeviceModel, referencesOf } from "@edgetwin/models";
import type { StoredObject } from "../kubernetes/client.ts";
import { keyOf } from "../kubernetes/object-cache.ts";
import { nodeOf } from "./device-facts.ts";
import { wantedObject } from "./wanted-object.ts";

/** `{namespace}/secret/{name}` or `{namespace}/configmap/{name}`: the key on the wire. */
export type ReferenceKey = string;

/** What changed in what a node may have. */
export interface IndexChange {
  readonly node: string;
  readonly key: ReferenceKey;
}

interface Entry {
  readonly node: string;
  readonly keys: ReadonlySet<ReferenceKey>;
}

const types = { Secret: "secret", ConfigMap: "configmap" } as const;

/** Which Secrets and ConfigMaps the devices of each node name. Costs nothing for devices that name none. */
export class ReferenceIndex {
  readonly #devices = new Map<string, Entry>();
  /** How many devices of a node name an object. */
  readonly #counts = new Map<string, Map<ReferenceKey, number>>();
  readonly #nodes = new Map<ReferenceKey, Set<string>>();

  /** What the devices of a node name. */
  keysOf(node: string): Iterable<ReferenceKey> {
    return this.#counts.get(node)?.keys() ?? [];
  }

  has(node: string, key: ReferenceKey): boolean {
    return this.#counts.get(node)?.has(key) ?? false;
  }

  /** The nodes with devices that name an object. */
  nodesOf(key: ReferenceKey): Iterable<string> {
    return this.#nodes.get(key) ?? [];
  }

  /** Whether any device names anything of a kind in a namespace. */
  isUsed(prefix: string): boolean {
    for (const key of this.#nodes.keys()) if (key.startsWith(prefix)) return true;
    return false;
  }

  /** Takes a device as it is now; undefined when it is gone. Returns what nodes may have since, or no more. */
  put(key: string, device: StoredObject | undefined, model: StoredObject | undefined): readonly IndexChange[] {
    const before = this.#devices.get(key);
    const now = device && entryOf(device, model);
    if (now) this.#devices.set(key, now);
    else this.#devices.delete(key);
    const gone = before ? this.#count(before, -1) : [];
    const come = now ? this.#count(now, 1) : [];
    const isBoth = (change: IndexChange, others: readonly IndexChange[]) =>
      others.some(({ node, key: other }) => node === change.node && other === change.key);
    return [...gone.filter((change) => !isBoth(change, come)), ...come.filter((change) => !isBoth(change, gone))];
  }

  #count({ node, keys }: Entry, by: 1 | -1): IndexChange[] {
    const counts = this.#counts.get(node) ?? new Map<ReferenceKey, number>();
    this.#counts.set(node, counts);
    const changed: IndexChange[] = [];
    for (const key of keys) {
      const before = counts.get(key) ?? 0;
      const after = before + by;
      if (after > 0) counts.set(key, after);
      else counts.delete(key);
      if (before === 0 || after === 0) {
        changed.push({ node, key });
        this.#link(key, node, after > 0);
      }
    }
    if (counts.size === 0) this.#counts.delete(node);
    return changed;
  }

  #link(key: ReferenceKey, node: string, isUser: boolean): void {
    const nodes = this.#nodes.get(key) ?? new Set<string>();
    if (isUser) this.#nodes.set(key, nodes.add(node));
    else nodes.delete(node);
    if (nodes.size === 0) this.#nodes.delete(key);
  }
}

function entryOf(device: StoredObject, model: StoredObject | undefined): Entry | undefined {
  const node = nodeOf(device);
  if (node === undefined) return undefined;
  const typed = wantedObject("device", device)?.object as unknown as Device | undefined;
  const typedModel = model && (wantedObject("devicemodel", model)?.object as unknown as DeviceModel | undefined);
  if (!typed) return undefined;
  const keys = new Set(
    foundIn(typed, typedModel).map(({ kind, name }) => `${device.metadata.namespace}/${types[kind]}/${name}`),
  );
  return keys.size > 0 ? { node, keys } : undefined;
}

/** An object of a cluster may be anything; what cannot be read names nothing. */
function foundIn(device: Device, model: DeviceModel | undefined): ReturnType<typeof referencesOf> {
  try {
    return referencesOf(device, model);
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}

/** Key of a stored Secret or ConfigMap. */
export const referenceKeyOf = (type: "secret" | "configmap", { metadata }: StoredObject): ReferenceKey => {
  const [namespace, name] = keyOf(metadata).split("/");
  return `${namespace}/${type}/${name}`;
};
