import { randomUUID } from "node:crypto";
import { type Device, type DeviceModel, toJsonText } from "@edgetwin/models";
import type { StoredResource } from "../store/store.ts";
import type { ModelEntry } from "./registry.ts";

/** A resource in both forms: as it came, and in the storage version. */
export interface Kept<T extends DeviceModel | Device = DeviceModel | Device> {
  /** `namespace/name`. */
  readonly id: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: number;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly resource: T;
}

export const idOf = ({ metadata }: DeviceModel | Device): string =>
  `${metadata.namespace ?? "default"}/${metadata.name}`;

/** The next state of a resource when `manifest` is applied over `before`. A given uid that differs means: another object. */
export function keep<T extends DeviceModel | Device>(
  resource: T,
  manifest: Readonly<Record<string, unknown>>,
  { before, now }: { before: Kept<T> | undefined; now: number },
): Kept<T> {
  const given = resource.metadata.uid;
  const same = before && (given === undefined || given === before.uid);
  return {
    id: idOf(resource),
    uid: same ? before.uid : (given ?? randomUUID()),
    generation: same ? before.generation + 1 : 1,
    createdAt: same ? before.createdAt : now,
    manifest,
    resource,
  };
}

/** The row of a resource. */
export function toStored({ uid, generation, createdAt, manifest, resource }: Kept): StoredResource {
  const { name, namespace = "default" } = resource.metadata;
  return { kind: resource.kind, namespace, name, uid, generation, createdAt, manifest: toJsonText(manifest) };
}

/** A model as the registry tells it. */
export function modelEntry({ id, uid, generation, createdAt, manifest, resource }: Kept<DeviceModel>): ModelEntry {
  return { id, uid, generation, createdAt, manifest, model: resource };
}

export const isModel = (kept: Kept): kept is Kept<DeviceModel> => kept.resource.kind === "DeviceModel";

/** Whether two manifests say the same. */
export const sameManifest = (a: Kept["manifest"], b: Kept["manifest"]): boolean => toJsonText(a) === toJsonText(b);
