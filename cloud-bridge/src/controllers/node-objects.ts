import { parseObjectPath } from "@edgetwin/cloud-protocol";
import type { WantedObject } from "../hub/node-port.ts";
import type { StoredObject } from "../kubernetes/client.ts";
import type { ReadableCache } from "../kubernetes/object-cache.ts";
import { type DeviceIndex, modelKeyOf, nodeOf, useOf } from "./device-facts.ts";
import { wantedObject } from "./wanted-object.ts";

/** The caches that the content of nodes is read from. */
export interface DeviceCaches {
  /** Version of the last change of a device that is the edge's business; writing its status is none. */
  contentVersion(key: string, device: StoredObject): string;
  readonly devices: ReadableCache<DeviceIndex>;
  readonly models: ReadableCache<never>;
}

/** Key on the wire of a device or a model, from its key in a cache. */
export const wireKey = (type: "device" | "devicemodel", key: string): string => {
  const [namespace, name] = key.split("/");
  return `${namespace}/${type}/${name}`;
};

/** What a node should hold, read from the caches at each look: it costs no memory and is never behind them. */
export class NodeObjects implements ReadonlyMap<string, WantedObject> {
  readonly #node: string;
  readonly #caches: DeviceCaches;

  constructor(node: string, caches: DeviceCaches) {
    this.#node = node;
    this.#caches = caches;
  }

  get size(): number {
    return [...this].length;
  }

  get(key: string): WantedObject | undefined {
    const path = parseObjectPath(key);
    if (path?.namespace === undefined) return undefined;
    const cached = `${path.namespace}/${path.name}`;
    const { devices, models } = this.#caches;
    if (path.type === "device") {
      const device = devices.get(cached);
      if (!device || nodeOf(device) !== this.#node) return undefined;
      return wantedObject("device", device, this.#caches.contentVersion(cached, device));
    }
    if (path.type !== "devicemodel" || devices.keysBy("use", useOf(this.#node, cached)).size === 0) return undefined;
    const model = models.get(cached);
    return model && wantedObject("devicemodel", model);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): MapIterator<[string, WantedObject]> {
    const { devices, models } = this.#caches;
    const own = [...devices.keysBy("node", this.#node)].sort().flatMap((key) => devices.get(key) ?? []);
    const used = new Set(own.map(modelKeyOf).filter((key) => key !== undefined));
    for (const key of used) yield* entry("devicemodel", key, models.get(key));
    for (const device of own) {
      const key = `${device.metadata.namespace}/${device.metadata.name}`;
      yield* entry("device", key, device, this.#caches.contentVersion(key, device));
    }
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<WantedObject> {
    for (const [, object] of this.entries()) yield object;
  }

  forEach(visit: (object: WantedObject, key: string, map: ReadonlyMap<string, WantedObject>) => void): void {
    for (const [key, object] of this.entries()) visit(object, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, WantedObject]> {
    return this.entries();
  }
}

function entry(
  type: "device" | "devicemodel",
  key: string,
  stored: StoredObject | undefined,
  version?: string,
): readonly [string, WantedObject][] {
  const wanted = stored && wantedObject(type, stored, version);
  return wanted ? [[wireKey(type, key), wanted]] : [];
}
