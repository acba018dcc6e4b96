import {
  type Envelope,
  formatObjectPath,
  type KubernetesObject,
  type ObjectChange,
  objectChange,
} from "@edgetwin/cloud-protocol";
import { type Reference, toJsonText } from "@edgetwin/models";
import type { Core } from "../../core.ts";
import { AgentError } from "../../errors.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import { isFromCloud, manifestOf, nodeOf, resourceVersionOf, substanceOf, uidOf } from "./cloud-object.ts";
import type { RefusedObjects } from "./refused-objects.ts";

/** What the objects of the cloud are applied to. */
export interface DownstreamParts {
  readonly core: Pick<Core, "registry" | "log">;
  /** Name of this node in the cloud. */
  readonly node: string;
  readonly refused: RefusedObjects;
  readonly references: ReferenceStore;
}

const origin = { door: "cloud", actor: "cloud" } as const;

type Kind = "Device" | "DeviceModel";
const kinds: Readonly<Record<string, Kind>> = { device: "Device", devicemodel: "DeviceModel" };

const referredKinds: Readonly<Record<string, Reference["kind"]>> = { secret: "Secret", configmap: "ConfigMap" };

/**
 * Brings devices and models of the cloud into the registry. Level-based: an object says what is, whatever the operation
 * and the source; the same object again changes nothing.
 */
export class Downstream {
  readonly #parts: DownstreamParts;
  /** Newest version seen of objects whose substance did not change, so that they need not be stored again. */
  readonly #seen = new Map<string, bigint>();
  /** Models that the cloud deleted before the devices that use them. */
  readonly #orphans = new Set<string>();

  constructor(parts: DownstreamParts) {
    this.#parts = parts;
  }

  /** Resolves when the change may be acknowledged. Rejects with AgentError `STORE_UNAVAILABLE` when it was not stored. */
  async take(envelope: Envelope): Promise<void> {
    const change = objectChange.read(envelope);
    const referred = referredKinds[change.path.type];
    if (referred !== undefined) return this.#refer(referred, change);
    const kind = kinds[change.path.type];
    if (kind === undefined) return;
    const resource = formatObjectPath(change.path);
    try {
      await this.#apply(kind, change);
      this.#parts.refused.drop(resource);
    } catch (error) {
      if (!(error instanceof AgentError) || error.code !== "MANIFEST_INVALID") throw error;
      // It is acknowledged: sent again as it is, it would only hold up everything else of this node.
      this.#parts.refused.put(envelope);
      this.#parts.core.log.error("object of the cloud does not fit; it waits for a change", { resource, error });
      return;
    }
    if (kind === "DeviceModel" && change.operation !== "delete") await this.#retryRefused();
    if (kind === "Device") await this.#dropOrphans();
  }

  /** A Secret or a ConfigMap: kept for the devices that name it. */
  #refer(kind: Reference["kind"], { path, operation, object }: ObjectChange): void {
    const place = { kind, namespace: path.namespace ?? "default", name: path.name };
    const { references } = this.#parts;
    if (operation === "delete") references.remove(place, uidOf(object));
    else references.put(place, { kind, ...object });
  }

  /** Deletes devices of the cloud that it no longer has; those of local manifests stay. */
  async prune(wanted: ReadonlySet<string>): Promise<void> {
    const { registry, log } = this.#parts.core;
    for (const { id, manifest } of registry.devices()) {
      if (!isFromCloud(manifest) || wanted.has(id)) continue;
      log.info("device is not in the cloud any more", { device: id });
      await registry.deleteDevice(id, origin);
    }
  }

  async #apply(kind: Kind, { path, operation, object }: ObjectChange): Promise<void> {
    const id = `${path.namespace ?? "default"}/${path.name}`;
    const held = this.#held(kind, id);
    const isGone = operation === "delete" || (kind === "Device" && nodeOf(object) !== this.#parts.node);
    if (isGone) return await this.#delete(kind, id, { held, uid: uidOf(object) });
    if (kind === "DeviceModel") this.#orphans.delete(id);
    const uid = uidOf(object);
    const version = resourceVersionOf(object);
    const key = `${kind} ${id} ${uid}`;
    const known = held && uidOf(held) === uid ? (this.#seen.get(key) ?? resourceVersionOf(held)) : undefined;
    if (known !== undefined && version !== undefined && version < known) return;
    const manifest = manifestOf(kind, named(object, path));
    const isSame = held !== undefined && toJsonText(substanceOf(held)) === toJsonText(substanceOf(manifest));
    if (isSame) {
      if (version !== undefined) this.#seen.set(key, version);
      return;
    }
    this.#seen.delete(key);
    const results = await this.#parts.core.registry.apply(toJsonText(manifest) ?? "", { origin });
    for (const { result, warnings } of results) {
      this.#parts.core.log.info("object of the cloud applied", {
        kind,
        id,
        result,
        ...(warnings.length > 0 && { warnings }),
      });
    }
  }

  async #delete(
    kind: Kind,
    id: string,
    { held, uid }: { readonly held: Readonly<Record<string, unknown>> | undefined; readonly uid: string | undefined },
  ): Promise<void> {
    // A late deletion of the object before must not remove the one that took its name, nor one of a local manifest.
    if (held === undefined || !isFromCloud(held) || (uid !== undefined && uidOf(held) !== uid)) return;
    this.#seen.delete(`${kind} ${id} ${uidOf(held)}`);
    const { registry } = this.#parts.core;
    if (kind === "Device") return await registry.deleteDevice(id, origin);
    this.#orphans.add(id);
    await this.#dropOrphans();
  }

  async #dropOrphans(): Promise<void> {
    const { registry } = this.#parts.core;
    for (const id of [...this.#orphans]) {
      const isUsed = registry.devices().some(({ device }) => {
        const { namespace = "default" } = device.metadata;
        return `${namespace}/${device.spec.deviceModelRef?.name}` === id;
      });
      if (isUsed) continue;
      this.#orphans.delete(id);
      if (registry.model(id) !== undefined) await registry.deleteModel(id, origin);
    }
  }

  /** A model changed: devices that did not fit before may fit now. */
  async #retryRefused(): Promise<void> {
    for (const envelope of this.#parts.refused.all()) {
      const change = objectChange.read(envelope);
      try {
        await this.#apply(kinds[change.path.type] as Kind, change);
        this.#parts.refused.drop(envelope.route.resource);
      } catch (error) {
        if (!(error instanceof AgentError) || error.code !== "MANIFEST_INVALID") throw error;
      }
    }
  }

  #held(kind: Kind, id: string): Readonly<Record<string, unknown>> | undefined {
    const { registry } = this.#parts.core;
    return (kind === "Device" ? registry.device(id) : registry.model(id))?.manifest;
  }
}

/** The path names the object; a resync may send less in the object itself. */
const named = (object: KubernetesObject, { namespace = "default", name }: ObjectChange["path"]): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, namespace, name },
});
