import { isDeepStrictEqual } from "node:util";
import type { NodeContent } from "../hub/node-port.ts";
import type { StoredObject } from "../kubernetes/client.ts";
import type { ObjectChange } from "../kubernetes/object-cache.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { type DeviceIndex, modelKeyOf, nodeOf } from "./device-facts.ts";
import { NodeObjects, wireKey } from "./node-objects.ts";

export interface DeviceContentOptions {
  /** Devices, with `deviceIndexes`. */
  readonly devices: ObjectSource<DeviceIndex>;
  readonly models: ObjectSource<never>;
}

type Listener = (node: string, key: string) => void;

/**
 * Which devices and models each node should hold: the devices that name it, and their models. A device whose model is
 * missing or wrong stays on its node, as with CloudCore: a model that is deleted and created anew must not make an edge
 * forget its devices.
 */
export class DeviceContent implements NodeContent, Disposable {
  readonly #options: DeviceContentOptions;
  readonly #listeners = new Set<Listener>();
  readonly #stops: readonly (() => void)[];
  /** Of devices whose status alone changed since: the version before. */
  readonly #versions = new Map<string, string>();

  constructor(options: DeviceContentOptions) {
    this.#options = options;
    this.#stops = [
      options.devices.subscribe((change) => this.#deviceChanged(change)),
      options.models.subscribe(({ key }) => this.#modelChanged(key)),
    ];
  }

  objectsOf(node: string): NodeObjects {
    const { devices, models } = this.#options;
    return new NodeObjects(node, {
      devices: devices.cache,
      models: models.cache,
      contentVersion: (key, { metadata }) => this.#versions.get(key) ?? metadata.resourceVersion,
    });
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Listens to the caches no more. */
  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
  }

  #deviceChanged({ key, before, now }: ObjectChange): void {
    if (before && now && isSameContent(before, now)) {
      if (!this.#versions.has(key)) this.#versions.set(key, before.metadata.resourceVersion);
      return;
    }
    this.#versions.delete(key);
    // What leaves a node goes device first, what comes to one model first.
    const [from, to] = [placeOf(before), placeOf(now)];
    const isMoved = from?.node !== to?.node;
    const isOtherUse = isMoved || from?.model !== to?.model;
    if (from && isMoved) this.#tell(from.node, wireKey("device", key));
    if (from?.model !== undefined && isOtherUse) this.#tell(from.node, wireKey("devicemodel", from.model));
    if (to?.model !== undefined && isOtherUse) this.#tell(to.node, wireKey("devicemodel", to.model));
    if (to) this.#tell(to.node, wireKey("device", key));
  }

  #modelChanged(key: string): void {
    const { cache } = this.#options.devices;
    const nodes = new Set<string>();
    for (const device of cache.keysBy("model", key)) {
      const place = placeOf(cache.get(device));
      if (place) nodes.add(place.node);
    }
    for (const node of nodes) this.#tell(node, wireKey("devicemodel", key));
  }

  #tell(node: string, key: string): void {
    for (const listener of this.#listeners) listener(node, key);
  }
}

/** Whether two states of a device differ in nothing that an edge should know: every write raises the version. */
function isSameContent(before: StoredObject, now: StoredObject): boolean {
  if (before.metadata.uid !== now.metadata.uid || before.metadata.generation !== now.metadata.generation) return false;
  const bare = ({ status: _, metadata: { resourceVersion: __, ...metadata }, ...rest }: StoredObject) => ({
    ...rest,
    metadata,
  });
  return isDeepStrictEqual(bare(before), bare(now));
}

/** The node that a device is on and the model that it needs there. */
function placeOf(device: StoredObject | undefined): { readonly node: string; readonly model?: string } | undefined {
  const node = device && nodeOf(device);
  if (!device || node === undefined) return undefined;
  const model = modelKeyOf(device);
  return { node, ...(model !== undefined && { model }) };
}
