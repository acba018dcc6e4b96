import type { DeviceEntry, ModelEntry } from "../registry/registry.ts";
import type { DeviceState } from "../runner/device-state.ts";
import type { DeviceTwin, HealthState } from "../twin/types.ts";
import { type TwinJson, timestamp, twinJson } from "./twin-json.ts";

/** A Device or DeviceModel as REST shows it: the resource in the storage version plus what the agent knows. */
export interface ResourceJson {
  readonly apiVersion: string;
  readonly kind: "Device" | "DeviceModel";
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly creationTimestamp: string;
  };
  readonly spec: unknown;
}

/** What a Device does, beside what it should be. */
export interface DeviceStatusJson {
  /** Node that runs it. */
  readonly node: string;
  /** Whether the device itself answers, in KubeEdge's words. */
  readonly state: HealthState;
  readonly reason?: string;
  readonly lastOnlineTime?: string;
  /** Who serves it. `name` is missing when a KubeEdge mapper on the message bus has to. */
  readonly mapper: { readonly name?: string; readonly state: DeviceState["name"]; readonly reason?: string } & Partial<
    Record<"failures" | "retryInMs", number>
  >;
  readonly twins: readonly TwinJson[];
}

export interface DeviceJson extends ResourceJson {
  readonly status: DeviceStatusJson;
}

/** Where and when a resource is shown. */
export interface Viewpoint {
  readonly node: string;
  /** Wall-clock milliseconds. */
  readonly now: number;
}

/** @param twin undefined in the instant in which the registry knows a device and the engine does not. */
export function deviceJson(entry: DeviceEntry, twin: DeviceTwin | undefined, { node, now }: Viewpoint): DeviceJson {
  const { apiVersion, kind, metadata, spec } = entry.device;
  const health = twin?.health;
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, ...identity(entry) },
    spec,
    status: {
      node,
      state: health?.state ?? "unknown",
      ...(health?.reason !== undefined && { reason: health.reason }),
      ...(health?.lastOnlineAt !== undefined && { lastOnlineTime: timestamp(health.lastOnlineAt) }),
      mapper: { ...(entry.mapper !== undefined && { name: entry.mapper }), ...mapperState(entry.state) },
      twins: twin ? [...twin.twins.values()].map((property) => twinJson(twin, property, now)) : [],
    },
  };
}

/** A DeviceModel as REST shows it. */
export function modelJson(entry: ModelEntry): ResourceJson {
  const { apiVersion, kind, metadata, spec } = entry.model;
  return { apiVersion, kind, metadata: { ...metadata, ...identity(entry) }, spec };
}

function identity({ id, uid, generation, createdAt }: DeviceEntry | ModelEntry) {
  const [namespace, name] = splitId(id);
  return { namespace, name, uid, generation, creationTimestamp: timestamp(createdAt) };
}

/** Namespace and name of `namespace/name`. */
export function splitId(id: string): readonly [namespace: string, name: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, slash), id.slice(slash + 1)];
}

function mapperState({ name, ...rest }: DeviceState): Omit<DeviceStatusJson["mapper"], "name"> {
  return { state: name, ...rest };
}
