import type { Clock, MethodFacts } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { AgentError } from "../../../src/errors.ts";
import type {
  ApplyOptions,
  ApplyResult,
  DeviceEntry,
  ModelEntry,
  Registry,
  RegistryChange,
} from "../../../src/registry/registry.ts";
import type { DeviceState } from "../../../src/runner/device-state.ts";
import type { MethodCall } from "../../../src/runner/method-call.ts";
import type { TwinEngine } from "../../../src/twin/engine.ts";
import type { Origin } from "../../../src/twin/types.ts";

const factsOf = (name: string): MethodFacts => ({
  name,
  description: `Does ${name}.`,
  input: [{ name: "times", expected: "a whole number", optional: true, default: 1 }],
});

/** A registry of v1beta1 manifests without mappers: the test plays the device. */
export class MemoryRegistry implements Registry {
  readonly #engine: TwinEngine;
  readonly #clock: Clock;
  readonly #devices = new Map<string, DeviceEntry>();
  readonly #models = new Map<string, ModelEntry>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();

  constructor(engine: TwinEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async apply(text: string, { origin, file, check }: ApplyOptions): Promise<readonly ApplyResult[]> {
    const { resources } = await parseManifests(text, file === undefined ? {} : { file });
    check?.(resources);
    const results: ApplyResult[] = [];
    for (const resource of resources) {
      const { name, namespace = "default" } = resource.metadata;
      const id = `${namespace}/${name}`;
      const known = this.#devices.get(id) ?? this.#models.get(id);
      const kind = resource.kind as "Device" | "DeviceModel";
      const entry = {
        id,
        uid: `uid of ${id}`,
        generation: 1,
        createdAt: this.#clock.now(),
        manifest: resource as unknown as Readonly<Record<string, unknown>>,
      };
      if (kind === "DeviceModel") this.#addModel({ ...entry, model: resource as DeviceModel });
      else await this.#addDevice(entry, resource as Device, origin);
      results.push({ kind, id, result: known ? "configured" : "created", warnings: [] });
    }
    return results;
  }

  /** What the devices do on demand; a test adds its own before it applies them. */
  readonly methods = new Map<string, (call: MethodCall) => Promise<unknown>>();

  async call(_: string, call: MethodCall): Promise<unknown> {
    return await this.methods.get(call.name)?.(call);
  }

  /** Moves a device to another state, as the runner would. */
  become(id: string, state: DeviceState): void {
    const device = { ...(this.#devices.get(id) as DeviceEntry), state };
    this.#devices.set(id, device);
    this.#tell({ kind: "device state", device });
  }

  deleteDevice(id: string): Promise<void> {
    this.#engine.remove(id);
    this.#devices.delete(id);
    this.#tell({ kind: "device deleted", id });
    return Promise.resolve();
  }

  deleteModel(id: string): Promise<void> {
    const name = id.split("/")[1];
    const users = this.devices().filter(({ device }) => device.spec.deviceModelRef?.name === name);
    if (users.length > 0) {
      return Promise.reject(
        new AgentError("MANIFEST_INVALID", `${id} is used by ${users.map((user) => user.id).join()}`),
      );
    }
    this.#models.delete(id);
    this.#tell({ kind: "model deleted", id });
    return Promise.resolve();
  }

  device = (id: string): DeviceEntry | undefined => this.#devices.get(id);
  devices = (): readonly DeviceEntry[] => [...this.#devices.values()];
  model = (id: string): ModelEntry | undefined => this.#models.get(id);
  models = (): readonly ModelEntry[] => [...this.#models.values()];

  onChange(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #addModel(model: ModelEntry): void {
    this.#models.set(model.id, model);
    this.#tell({ kind: "model applied", model });
  }

  async #addDevice(entry: Omit<ModelEntry, "model">, device: Device, origin: Origin): Promise<void> {
    const { id, uid } = entry;
    const model = this.#models.get(`default/${device.spec.deviceModelRef?.name}`)?.model;
    if (!model) throw new AgentError("MANIFEST_INVALID", `${id} names an unknown model`);
    if (!this.#devices.has(id)) this.#engine.add({ id, uid });
    const { properties, safety } = modelOf(model).model;
    const shape = { served: true, properties: new Map(Object.entries(properties)), ...(safety && { safety }) };
    await this.#engine.submit(id, { kind: "configure", at: this.#clock.now(), origin, shape });
    const added: DeviceEntry = {
      ...entry,
      device,
      model,
      mapper: "gpio",
      methods: [...this.methods.keys()].map(factsOf),
      state: { name: "online" },
    };
    this.#devices.set(id, added);
    this.#tell({ kind: "device applied", device: added });
  }

  #tell(change: RegistryChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
