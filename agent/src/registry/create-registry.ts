import type { Board, Clock, CredentialSource, Log, MethodFacts } from "@edgetwin/mapper-sdk";
import type { Device, DeviceModel } from "@edgetwin/models";
import { AgentError } from "../errors.ts";
import { BusQueues, type WatchedParts } from "../runner/bus-queues.ts";
import { DeviceRunner } from "../runner/device-runner.ts";
import type { MethodCall } from "../runner/method-call.ts";
import type { DevicePlan } from "../runner/plan.ts";
import type { PushFigures } from "../runner/push-gate.ts";
import type { RunnerLimits } from "../runner/session.ts";
import type { Store, StoredResource } from "../store/store.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId, Origin } from "../twin/types.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Choice, sameChoice, sourceOf } from "./choose-mapper.ts";
import { desiredByManifest, startingValues } from "./desired.ts";
import { Planner } from "./planner.ts";
import { readManifests } from "./read-manifests.ts";
import { readStored } from "./read-stored.ts";
import { type ReferenceSource, refersTo } from "./reference-source.ts";
import type { ApplyOptions, ApplyResult, DeviceEntry, ModelEntry, Registry, RegistryChange } from "./registry.ts";
import { idOf, isModel, type Kept, keep, modelEntry, sameManifest, toStored } from "./resources.ts";
import { choiceFor, planFor } from "./serve.ts";

/** What the registry is made of. */
export interface RegistryParts extends WatchedParts {
  readonly engine: TwinEngine;
  readonly store: Store;
  readonly board: Board;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly limits: RunnerLimits;
  /** Gives mappers what their manifests only name. */
  readonly credential?: CredentialSource;
  /** Values that settings of devices refer to; missing where nobody keeps any. */
  readonly references?: ReferenceSource;
  /** What else of a device that is applied deserves a look, e.g. a sink that it names and that cannot work. */
  readonly inspect?: (device: Device, model: DeviceModel | undefined) => Promise<readonly string[]>;
}

/** The registry as the agent runs it. */
export interface RunningRegistry extends Registry, AsyncDisposable {
  /** Brings back what was applied before the restart and opens every device. */
  restore(resources: readonly StoredResource[]): Promise<void>;
  /** Resolves when every device has been opened or has failed to open once. */
  settled(): Promise<void>;
  readonly queues: BusQueues;
  /** What devices push, by the name of their mapper. */
  readonly pushes: ReadonlyMap<string, PushFigures>;
}

interface Running {
  kept: Kept<Device>;
  mapper: string | undefined;
  methods: readonly MethodFacts[];
  /** Who was chosen to serve it when it was planned last. */
  choice: Choice | undefined;
  readonly runner: DeviceRunner;
}

/** Builds the registry; it serves nothing until `restore` was called. */
export function createRegistry(parts: RegistryParts): RunningRegistry {
  return new DeviceRegistry(parts);
}

class DeviceRegistry implements RunningRegistry {
  readonly queues: BusQueues;
  readonly pushes = new Map<string, PushFigures>();
  readonly #parts: RegistryParts;
  readonly #models = new Map<string, Kept<DeviceModel>>();
  readonly #devices = new Map<DeviceId, Running>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  /** Changes of models and devices go one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #planner: Planner;
  readonly #stopWatching: () => void;
  #isReplanning = false;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.queues = new BusQueues(parts.clock, parts.watch);
    this.#planner = new Planner(parts);
    parts.engine.onDeliver((id) => this.#devices.get(id)?.runner.wake());
    const stops = [
      parts.catalogue.onChange(() => this.#replan()),
      parts.references?.onChange((namespace, name) => this.#referenceChanged(namespace, name)),
    ];
    this.#stopWatching = () => {
      for (const stop of stops) stop?.();
    };
  }

  apply(text: string, { origin, ...options }: ApplyOptions): Promise<readonly ApplyResult[]> {
    return this.#inTurn(async () => {
      const stored = [...this.#models.values(), ...this.#devices.values()].map((entry) =>
        "kept" in entry ? entry.kept.resource : entry.resource,
      );
      const documents = await readManifests(text, { known: stored, ...options });
      const results: ApplyResult[] = [];
      for (const { resource, manifest, warnings } of documents) {
        const result =
          resource.kind === "DeviceModel"
            ? await this.#applyModel(resource, manifest, origin)
            : await this.#applyDevice(resource, manifest, origin);
        results.push({
          ...result,
          kind: resource.kind,
          id: idOf(resource),
          warnings: [...warnings, ...result.warnings],
        });
      }
      return results;
    });
  }

  deleteDevice(id: DeviceId, origin: Origin): Promise<void> {
    return this.#inTurn(async () => {
      const running = this.#devices.get(id);
      if (!running) throw new AgentError("NOT_FOUND", `there is no device ${id}`);
      await this.#parts.store.commit([{ drop: "resource", uid: running.kept.uid }], "durable");
      this.#parts.log.info("device deleted", { device: id, door: origin.door, actor: origin.actor });
      await this.#forget(id, running, "the device was deleted");
    });
  }

  async call(id: DeviceId, call: MethodCall): Promise<unknown> {
    const running = this.#devices.get(id);
    if (!running) throw new AgentError("NOT_FOUND", `there is no device ${id}`);
    return await running.runner.call(call);
  }

  deleteModel(id: string, origin: Origin): Promise<void> {
    return this.#inTurn(async () => {
      const model = this.#models.get(id);
      if (!model) throw new AgentError("NOT_FOUND", `there is no device model ${id}`);
      const users = this.#usersOf(id).map(([device]) => device);
      if (users.length > 0) {
        const message = `device model ${id} is used by ${users.join(", ")}; delete them first`;
        throw new AgentError("MANIFEST_INVALID", message);
      }
      await this.#parts.store.commit([{ drop: "resource", uid: model.uid }], "durable");
      this.#parts.log.info("model deleted", { model: id, door: origin.door, actor: origin.actor });
      this.#models.delete(id);
      this.#tell({ kind: "model deleted", id });
    });
  }

  device(id: DeviceId): DeviceEntry | undefined {
    const running = this.#devices.get(id);
    return running && this.#entry(running);
  }

  devices(): readonly DeviceEntry[] {
    return [...this.#devices.values()].map((running) => this.#entry(running));
  }

  model(id: string): ModelEntry | undefined {
    const kept = this.#models.get(id);
    return kept && modelEntry(kept);
  }

  models(): readonly ModelEntry[] {
    return [...this.#models.values()].map(modelEntry);
  }

  onChange(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  restore(resources: readonly StoredResource[]): Promise<void> {
    return this.#inTurn(async () => {
      const { log } = this.#parts;
      const kept = readStored(resources, (row, error) => {
        const { kind, namespace, name } = row;
        log.error("stored manifest cannot be used; apply it again", { kind, id: `${namespace}/${name}`, error });
      });
      for (const entry of kept) if (isModel(entry)) this.#models.set(entry.id, entry);
      const origin = { door: "agent", actor: "start" } as const;
      for (const entry of kept) {
        if (isModel(entry)) continue;
        const running = this.#start(entry as Kept<Device>);
        await this.#configure(running, origin);
      }
    });
  }

  async settled(): Promise<void> {
    const opening = () => [...this.#devices.values()].some(({ runner }) => runner.state.name === "opening");
    while (opening()) {
      await new Promise<void>((resolve) => {
        const stop = this.onChange(() => {
          stop();
          resolve();
        });
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopWatching();
    this.#planner[Symbol.dispose]();
    await this.#turn.catch(() => {});
    await Promise.all([...this.#devices.values()].map(({ runner }) => runner.close("the agent stops")));
  }

  async #applyModel(resource: DeviceModel, manifest: Kept["manifest"], origin: Origin) {
    const { store, clock } = this.#parts;
    const id = idOf(resource);
    const before = this.#models.get(id);
    if (before && sameManifest(before.manifest, manifest)) return unchanged;
    const kept = keep(resource, manifest, { before, now: clock.now() });
    await store.commit([{ put: "resource", resource: toStored(kept) }], "durable");
    this.#models.set(id, kept);
    this.#tell({ kind: "model applied", model: modelEntry(kept) });
    for (const [, running] of this.#usersOf(id)) await this.#configure(running, origin);
    return { result: before ? ("configured" as const) : ("created" as const), warnings: [] };
  }

  async #applyDevice(resource: Device, manifest: Kept["manifest"], origin: Origin) {
    const { store, clock } = this.#parts;
    const id = idOf(resource);
    const before = this.#devices.get(id);
    if (before && sameManifest(before.kept.manifest, manifest)) return unchanged;
    const kept = keep(resource, manifest, { before: before?.kept, now: clock.now() });
    const recreated = before && before.kept.uid !== kept.uid;
    await store.commit(
      [
        ...(recreated ? [{ drop: "resource", uid: before.kept.uid } as const] : []),
        { put: "resource", resource: toStored(kept) },
      ],
      "durable",
    );
    if (recreated) await this.#forget(id, before, "the device was created anew");
    const running = recreated || !before ? this.#start(kept) : before;
    const previous = recreated ? undefined : before?.kept.resource;
    running.kept = kept;
    const warnings = await this.#configure(running, origin);
    const refusals = await this.#desire(running, previous, origin);
    const more = (await this.#parts.inspect?.(resource, this.#modelOf(resource)?.resource)) ?? [];
    const result = previous ? ("configured" as const) : ("created" as const);
    return { result, warnings: [...warnings, ...refusals, ...more] };
  }

  /** What the manifest wants counts where it changed; what somebody set since then stays. */
  async #desire({ kept, mapper }: Running, previous: Device | undefined, origin: Origin): Promise<string[]> {
    const { engine, clock } = this.#parts;
    const wanted = desiredByManifest(kept.resource, previous);
    const model = this.#modelOf(kept.resource)?.resource;
    const starting = mapper === undefined && !previous && model ? startingValues(model, kept.resource) : {};
    const desired = { ...starting, ...wanted };
    if (Object.keys(desired).length === 0) return [];
    const { refusals } = await engine.submit(kept.id, { kind: "change", at: clock.now(), origin, desired });
    return refusals.map(({ message }) => `desired values of the manifest were refused: ${message}`);
  }

  #start(kept: Kept<Device>): Running {
    const { engine, board, clock, log, random, limits, credential } = this.#parts;
    engine.add({ id: kept.id, uid: kept.uid });
    const onState = () => this.#tell({ kind: "device state", device: this.#entry(running) });
    const { queues } = this;
    const pushes = (source: string) => this.#pushesOf(source);
    const runner = new DeviceRunner({
      id: kept.id,
      engine,
      board,
      queues,
      pushes,
      clock,
      log,
      random,
      limits,
      ...(credential && { credential }),
      onState,
    });
    const running: Running = { kept, mapper: undefined, methods: [], choice: undefined, runner };
    this.#devices.set(kept.id, running);
    return running;
  }

  /** Gives twins and runner of a device the shape that manifest, model and mappers say now. */
  async #configure(running: Running, origin: Origin): Promise<string[]> {
    const { kept } = running;
    const planned = planFor(kept.resource, this.#modelOf(kept.resource)?.resource, this.#parts);
    running.choice = planned.choice;
    const later = (answer?: DevicePlan) =>
      this.#replanInTurn(async () => {
        if (this.#devices.get(kept.id) !== running) return;
        if (answer) await this.#adopt(running, answer, replanning);
        else await this.#configure(running, replanning);
      });
    const plan = await this.#planner.settle(kept.id, planned, later);
    return await this.#adopt(running, plan, origin);
  }

  async #adopt(running: Running, plan: DevicePlan, origin: Origin): Promise<string[]> {
    const { engine, clock } = this.#parts;
    const { id } = running.kept;
    running.mapper = plan.kind === "served" ? plan.mapper.protocol : plan.kind === "away" ? plan.protocol : undefined;
    if (plan.kind !== "away") running.methods = plan.kind === "served" ? (plan.mapper.methods ?? []) : [];
    // A mapper that goes takes nothing with it: the device keeps the shape that the mapper gave it.
    const keepsShape = plan.kind === "away" && origin === replanning && engine.device(id)?.shape.served === true;
    if (!keepsShape) await engine.submit(id, { kind: "configure", at: clock.now(), origin, shape: plan.shape });
    await running.runner.configure(plan);
    this.#tell({ kind: "device applied", device: this.#entry(running) });
    return plan.kind === "served" ? [] : [plan.reason];
  }

  /** Mappers came or went: plans the devices anew that have another one now, and leaves the others alone. */
  #replan(): void {
    if (this.#isReplanning) return; // what changes until it is its turn is seen then
    this.#isReplanning = true;
    this.#replanInTurn(async () => {
      this.#isReplanning = false;
      for (const running of [...this.#devices.values()]) {
        const { resource } = running.kept;
        const choice = choiceFor(resource, this.#modelOf(resource)?.resource, this.#parts.catalogue);
        if (!sameChoice(running.choice, choice)) await this.#configure(running, replanning);
      }
    });
  }

  /** Plans the devices anew that refer to it: what they are opened with has changed. */
  #referenceChanged(namespace: string, name: string): void {
    this.#replanInTurn(async () => {
      for (const running of [...this.#devices.values()]) {
        const { resource } = running.kept;
        if (refersTo(resource, this.#modelOf(resource)?.resource, { namespace, name })) {
          await this.#configure(running, replanning);
        }
      }
    });
  }

  #replanInTurn(action: () => Promise<void>): void {
    this.#inTurn(action).catch((error: unknown) => {
      this.#parts.log.error("devices could not be planned anew; the next change of a mapper tries again", { error });
      for (const running of this.#devices.values()) running.choice = undefined;
    });
  }

  #pushesOf(source: string): PushFigures {
    const figures = this.pushes.get(source) ?? { taken: 0, skipped: 0 };
    this.pushes.set(source, figures);
    return figures;
  }

  async #forget(id: DeviceId, { runner }: Running, reason: string): Promise<void> {
    this.#planner.forget(id);
    await runner.close(reason);
    this.#parts.engine.remove(id);
    this.#devices.delete(id);
    this.#tell({ kind: "device deleted", id });
  }

  #modelOf(device: Device): Kept<DeviceModel> | undefined {
    const name = device.spec.deviceModelRef?.name;
    return name === undefined ? undefined : this.#models.get(`${device.metadata.namespace ?? "default"}/${name}`);
  }

  #usersOf(modelId: string): [DeviceId, Running][] {
    return [...this.#devices].filter(([, { kept }]) => {
      const { metadata, spec } = kept.resource;
      return `${metadata.namespace ?? "default"}/${spec.deviceModelRef?.name}` === modelId;
    });
  }

  #entry({ kept, mapper, methods, choice, runner }: Running): DeviceEntry {
    const { id, uid, generation, createdAt, manifest, resource } = kept;
    const model = this.#modelOf(resource)?.resource;
    return {
      id,
      uid,
      generation,
      createdAt,
      manifest,
      device: resource,
      model,
      mapper,
      methods,
      ...sourceOf(choice),
      state: runner.state,
    };
  }

  #tell(change: RegistryChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action, action);
    this.#turn = done;
    return done;
  }
}

const replanning = { door: "agent", actor: "mappers" } as const;

const unchanged = { result: "unchanged" as const, warnings: [] };
