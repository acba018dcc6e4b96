import type { Device, DeviceModel } from "@edgetwin/models";
import type { ApplyResult, DeviceEntry, ModelEntry, Registry, RegistryChange } from "../../src/registry/registry.ts";

type ModelProperty = NonNullable<DeviceModel["spec"]["properties"]>[number];

/** The parts of a device entry that tests care about. */
export interface DeviceSketch {
  readonly id: string;
  readonly model?: DeviceModel;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Partial<Device["spec"]>;
  /** The manifest in an older API version, if it was not written in v1beta1. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly mapper?: string;
}

/** A registry that holds what a test puts into it. */
export class TestRegistry implements Registry {
  readonly #devices = new Map<string, DeviceEntry>();
  readonly #models = new Map<string, ModelEntry>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();

  put(sketch: DeviceSketch): DeviceEntry {
    const device = deviceOf(sketch);
    const entry: DeviceEntry = {
      id: sketch.id,
      uid: `uid-${sketch.id}`,
      generation: (this.#devices.get(sketch.id)?.generation ?? 0) + 1,
      createdAt: 0,
      manifest: sketch.manifest ?? { ...device },
      device,
      model: sketch.model,
      mapper: sketch.mapper,
      methods: [],
      state: { name: "unserved", reason: "a mapper on the message bus has to" },
    };
    this.#devices.set(sketch.id, entry);
    this.#tell({ kind: "device applied", device: entry });
    return entry;
  }

  putModel(model: DeviceModel, manifest: Readonly<Record<string, unknown>> = { ...model }): ModelEntry {
    const id = `${model.metadata.namespace ?? "default"}/${model.metadata.name}`;
    const entry: ModelEntry = { id, uid: `uid-${id}`, generation: 1, createdAt: 0, manifest, model };
    this.#models.set(id, entry);
    this.#tell({ kind: "model applied", model: entry });
    return entry;
  }

  take(id: string): void {
    this.#devices.delete(id);
    this.#tell({ kind: "device deleted", id });
  }

  async apply(): Promise<readonly ApplyResult[]> {
    throw new TypeError("tests use put()");
  }

  async call(): Promise<never> {
    throw new TypeError("no device here has methods");
  }

  async deleteDevice(id: string): Promise<void> {
    this.take(id);
  }

  async deleteModel(id: string): Promise<void> {
    this.#models.delete(id);
    this.#tell({ kind: "model deleted", id });
  }

  device(id: string): DeviceEntry | undefined {
    return this.#devices.get(id);
  }

  devices(): readonly DeviceEntry[] {
    return [...this.#devices.values()];
  }

  model(id: string): ModelEntry | undefined {
    return this.#models.get(id);
  }

  models(): readonly ModelEntry[] {
    return [...this.#models.values()];
  }

  onChange(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: RegistryChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** A v1beta1 model. */
export function modelOf(
  name: string,
  properties: readonly ModelProperty[],
  annotations?: Record<string, string>,
): DeviceModel {
  return {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name, namespace: "default", ...(annotations && { annotations }) },
    spec: { properties },
  };
}

function deviceOf({ id, model, labels, spec }: DeviceSketch): Device {
  const [namespace = "default", name = ""] = id.split("/");
  return {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: { ...(model && { deviceModelRef: { name: model.metadata.name } }), ...spec },
  };
}
