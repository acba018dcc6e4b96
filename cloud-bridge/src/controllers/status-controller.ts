import type { StateReport, TwinReport } from "@edgetwin/cloud-protocol";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { isJsonObject } from "../hub/json-object.ts";
import type { NodeContent } from "../hub/node-port.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { type Condition, conditionsOf } from "./device-conditions.ts";
import { type DeviceIndex, modelKeyOf, nodeOf } from "./device-facts.ts";
import { happeningsOf } from "./device-happenings.ts";
import { type DeviceRecord, emptyRecord, recordOf, withReport, withState } from "./device-record.ts";
import { EventRecorder } from "./event-recorder.ts";
import { type Judgement, judgeDevice } from "./judge-device.ts";
import { wireKey } from "./node-objects.ts";
import { deviceStatusOf, ownStatusOf, StatusWriter } from "./status-writer.ts";
import { WorkQueue } from "./work-queue.ts";

export interface StatusControllerOptions {
  readonly client: Pick<KubernetesClient, "apply" | "get" | "list" | "create" | "mergePatch">;
  readonly devices: ObjectSource<DeviceIndex>;
  readonly models: ObjectSource<never>;
  readonly nodes: ObjectSource<never>;
  readonly content: NodeContent;
  /** Whether a node lives, as far as anybody knows. */
  readonly isReachable: (node: string) => boolean;
  /** Whether it is connected to this replica. */
  readonly isConnected: (node: string) => boolean;
  /** Whether this replica writes about the devices of a node, or about those of none. */
  readonly isMine: (node: string | undefined) => boolean;
  /** A device is written about once in this time, unless a desired value was applied. */
  readonly everyMs: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** What is kept of a device besides what its edge said. */
interface Tracked {
  readonly uid: string;
  record: DeviceRecord;
  /** The conditions that were written last. */
  conditions: readonly Condition[];
  /** What was written last, to tell whether there is news. */
  written: string;
  writtenAt: number;
  /** Version of the device that its edge stored. */
  stored: string | undefined;
  /** Reports that wait until they are written. */
  waiting: Waiting[];
  /** What was found of the device and its model at these versions. */
  judged: { readonly of: string; readonly judgement: Judgement } | undefined;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: BridgeError) => void;
}

/** What comes one after the other when a device begins is written together. */
const gatherMs = 250;
/** How long a change of a device, a model or a node may take effect before what is not done yet is written down. */
const settleMs = 1_000;
/** Changes of everything at once, a node that is gone for instance, are spread over this time. */
const spreadMs = 2_000;

/**
 * Writes what edges say into the API: values and health into DeviceStatus, conditions into both, failures as Events.
 * Level-based: what is written follows from the newest report and the caches, whatever happened in between.
 */
export class StatusController implements AsyncDisposable {
  readonly #options: StatusControllerOptions;
  readonly #tracked = new Map<string, Tracked>();
  /** Versions of models that nodes stored, by node and key on the wire. */
  readonly #storedModels = new Map<string, string>();
  readonly #queue: WorkQueue;
  readonly #writer: StatusWriter;
  readonly #events: EventRecorder;
  readonly #stops: (() => void)[] = [];

  constructor(options: StatusControllerOptions) {
    const { client, clock, log, concurrency, random } = options;
    this.#options = options;
    this.#writer = new StatusWriter(client, () => clock.monotonic());
    this.#events = new EventRecorder({ client, clock, log });
    this.#queue = new WorkQueue({
      name: "device status",
      work: (key, signal) => this.#reconcile(key, signal),
      ...{ concurrency, clock, log, random },
    });
  }

  /** Figures for `/metrics`. */
  get figures(): { readonly patches: number; readonly waiting: number; readonly droppedEvents: number } {
    return { patches: this.#writer.patches, waiting: this.#queue.size, droppedEvents: this.#events.dropped };
  }

  /** Reads what was written before, and begins. */
  async start(signal?: AbortSignal): Promise<void> {
    const { client, devices, models, nodes } = this.#options;
    const { items } = await client.list(resourceTypes.deviceStatuses, {}, signal ? { signal } : {});
    const statuses = new Map(items.map((item) => [keyOf(item), item]));
    for (const device of devices.cache.values()) {
      const key = keyOf(device);
      this.#track(key, device, statuses.get(key));
      this.#later(key);
    }
    this.#stops.push(
      devices.subscribe(({ key, now }) => {
        if (!now) this.#forget(key);
        else if (this.#isNews(key, now)) this.#queue.addAfter(key, settleMs);
      }),
      models.subscribe(({ key }) => this.#laterAll(devices.cache.keysBy("model", key))),
      nodes.subscribe(({ key }) => this.#laterAll(devices.cache.keysBy("node", key))),
    );
  }

  /** The node came, or went: what is known of its devices may change. */
  nodeChanged(node: string): void {
    this.#laterAll(this.#options.devices.cache.keysBy("node", node));
  }

  /** The node stored this version of an object. */
  acknowledged(node: string, wire: string, version: string): void {
    const [namespace, type, name] = wire.split("/");
    const key = `${namespace}/${name}`;
    if (type === "devicemodel") {
      this.#storedModels.set(`${node} ${wire}`, version);
      for (const device of this.#options.devices.cache.keysBy("model", key))
        if (this.#tracked.has(device)) this.#soon(device);
      return;
    }
    const tracked = type === "device" ? this.#trackedOf(key) : undefined;
    if (!tracked) return;
    tracked.stored = version;
    this.#soon(key);
  }

  /** Resolves when the report is written. */
  report(report: TwinReport): Promise<void> {
    return this.#said(report, (record) => withReport(record, report));
  }

  /** Resolves when the state is written. */
  state(report: StateReport): Promise<void> {
    return this.#said(report, (record) => withState(record, report));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#queue[Symbol.asyncDispose]();
    for (const { waiting } of this.#tracked.values())
      for (const { reject } of waiting) reject(new BridgeError("UNREACHABLE", "the bridge stops"));
  }

  #said(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    change: (record: DeviceRecord) => DeviceRecord,
  ): Promise<void> {
    const key = `${namespace}/${name}`;
    const tracked = this.#trackedOf(key);
    // It is gone meanwhile, and what is said about it is nobody's business any more.
    if (!tracked) return Promise.resolve();
    tracked.record = change(tracked.record);
    return new Promise((resolve, reject) => {
      tracked.waiting.push({ resolve, reject });
      this.#soon(key);
    });
  }

  /** At once when a desired value was applied, else soon, or when its time has come. */
  #soon(key: string): void {
    const tracked = this.#tracked.get(key);
    const device = this.#options.devices.cache.get(key);
    if (!tracked || !device) return;
    const { clock, everyMs } = this.#options;
    const dueMs = tracked.writtenAt + everyMs - clock.monotonic();
    if (this.#isNewlyApplied(device, tracked)) this.#queue.add(key);
    else this.#queue.addAfter(key, Math.max(Math.min(everyMs, gatherMs), dueMs));
  }

  /** Whether it would be said for the first time that what is wanted now was applied, or never will be. */
  #isNewlyApplied(device: StoredObject, tracked: Tracked): boolean {
    const last = tracked.conditions.find(({ type }) => type === "Applied");
    const next = this.#conditions(device, tracked).find(({ type }) => type === "Applied");
    const isFinal = next?.status === "True" || next?.reason === "Rejected";
    return isFinal && (last?.reason !== next?.reason || last?.observedGeneration !== next?.observedGeneration);
  }

  #later(key: string): void {
    this.#queue.addAfter(key, settleMs + this.#options.random() * spreadMs);
  }

  #laterAll(keys: Iterable<string>): void {
    for (const key of keys) this.#later(key);
  }

  /** Whether a device that changed differs from what was written about it. */
  #isNews(key: string, device: StoredObject): boolean {
    const tracked = this.#trackedOf(key);
    return tracked !== undefined && this.#textOf(device, tracked) !== tracked.written;
  }

  #trackedOf(key: string): Tracked | undefined {
    const device = this.#options.devices.cache.get(key);
    if (!device) return undefined;
    const tracked = this.#tracked.get(key);
    return tracked?.uid === device.metadata.uid ? tracked : this.#track(key, device, undefined);
  }

  #track(key: string, device: StoredObject, status: StoredObject | undefined): Tracked {
    this.#forget(key);
    const record = status ? recordOf(status.status) : emptyRecord;
    const tracked: Tracked = {
      uid: device.metadata.uid,
      record,
      conditions: conditionsIn(device, status),
      written: status ? canonicalText(status.status) : "",
      writtenAt: Number.NEGATIVE_INFINITY,
      stored: undefined,
      waiting: [],
      judged: undefined,
    };
    this.#tracked.set(key, tracked);
    return tracked;
  }

  #forget(key: string): void {
    const tracked = this.#tracked.get(key);
    this.#tracked.delete(key);
    for (const { resolve } of tracked?.waiting ?? []) resolve();
  }

  #conditions(device: StoredObject, tracked: Tracked): readonly Condition[] {
    const { content, isReachable, clock } = this.#options;
    const { record, stored, conditions } = tracked;
    const node = nodeOf(device);
    const modelKey = modelKeyOf(device);
    const wanted = node === undefined ? undefined : content.objectsOf(node);
    const model = modelKey === undefined ? undefined : wireKey("devicemodel", modelKey);
    const isModelStored =
      model === undefined || this.#storedModels.get(`${node} ${model}`) === wanted?.get(model)?.resourceVersion;
    const version = wanted?.get(wireKey("device", keyOf(device)))?.resourceVersion;
    return conditionsOf(
      {
        ...{ device, record, node },
        judgement: this.#judgement(device, tracked, version),
        isNodeReachable: node !== undefined && isReachable(node),
        isStored: isModelStored && version !== undefined && stored === version,
      },
      { before: conditions, now: clock.now() },
    );
  }

  /** Judged once for each version, since it follows from nothing else. */
  #judgement(device: StoredObject, tracked: Tracked, version = device.metadata.resourceVersion): Judgement {
    const modelKey = modelKeyOf(device);
    const model = modelKey === undefined ? undefined : this.#options.models.cache.get(modelKey);
    const of = `${version} ${model?.metadata.uid} ${model?.metadata.resourceVersion}`;
    if (tracked.judged?.of !== of) tracked.judged = { of, judgement: judgeDevice(device, model) };
    return tracked.judged.judgement;
  }

  /**
   * Whether nothing is known yet that would be better than what was written: after a restart of the bridge, until the
   * node is back, or known to be gone.
   */
  #isTooEarly(device: StoredObject, { stored, conditions }: Tracked): boolean {
    const { isConnected, isReachable } = this.#options;
    const node = nodeOf(device);
    if (node === undefined || stored !== undefined || isConnected(node) || !isReachable(node)) return false;
    return conditions.length > 0 && conditions.every((one) => one.observedGeneration === device.metadata.generation);
  }

  #textOf(device: StoredObject, tracked: Tracked): string {
    return canonicalText(deviceStatusOf(device, tracked.record, this.#conditions(device, tracked)));
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<undefined> {
    const { devices, clock, isMine } = this.#options;
    const device = devices.cache.get(key);
    const tracked = this.#trackedOf(key);
    if (!device || !tracked || !isMine(nodeOf(device))) return this.#forget(key) as undefined;
    if (tracked.waiting.length === 0 && this.#isTooEarly(device, tracked)) return undefined;
    const conditions = this.#conditions(device, tracked);
    const status = deviceStatusOf(device, tracked.record, conditions);
    const text = canonicalText(status);
    const { waiting, conditions: before } = tracked;
    tracked.waiting = [];
    try {
      if (text !== tracked.written) {
        await this.#writer.writeDeviceStatus(device, status, signal);
        await this.#writer.writeOwnStatus(device, ownStatusOf(tracked.record, conditions), signal);
        tracked.writtenAt = clock.monotonic();
      }
    } catch (error) {
      // They wait for the next try; the edge sends again what it has no confirmation of.
      tracked.waiting.unshift(...waiting);
      throw error;
    }
    tracked.written = text;
    tracked.conditions = conditions;
    for (const { resolve } of waiting) resolve();
    for (const happening of happeningsOf(before, conditions)) await this.#events.record(device, happening);
    return undefined;
  }
}

const keyOf = ({ metadata }: StoredObject): string => `${metadata.namespace}/${metadata.name}`;

/** The same text for the same value, whatever the order of its keys. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    isJsonObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );

/** The conditions that were written before this bridge started. */
function conditionsIn(device: StoredObject, status: StoredObject | undefined): readonly Condition[] {
  const own = isJsonObject(device.status) ? device.status.conditions : undefined;
  const extensions = isJsonObject(status?.status) ? status.status.extensions : undefined;
  const found = Array.isArray(own) ? own : isJsonObject(extensions) ? extensions.conditions : undefined;
  return Array.isArray(found) ? (found.filter(isJsonObject) as unknown as Condition[]) : [];
}
