import type { Core } from "../core.ts";
import type { RegistryChange } from "../registry/registry.ts";
import type { Applied } from "../twin/engine.ts";
import type { DeviceId, HealthState, Origin } from "../twin/types.ts";
import { type DeviceJson, deviceJson, modelJson, type ResourceJson, splitId } from "./resources.ts";
import { type TwinJson, timestamp, twinJson } from "./twin-json.ts";

/** What a watch sends, by the name of the event. */
export type WatchEvent =
  /** Forget what you know: `resources` resources follow as `device` and `model` events, then `synced`. */
  | { readonly event: "resync"; readonly data: { readonly reason: ResyncReason; readonly resources: number } }
  | { readonly event: "synced"; readonly data: { readonly resources: number } }
  /** A device as it is now: on snapshot, when its manifest was applied, when it changed its state. */
  | { readonly event: "device"; readonly data: DeviceJson }
  | { readonly event: "model"; readonly data: ResourceJson }
  | { readonly event: "deleted"; readonly data: DeletedJson }
  /** Properties of a device that changed, as they are now. */
  | { readonly event: "twin"; readonly data: TwinChangeJson }
  | { readonly event: "health"; readonly data: HealthJson };

/** `start`: a new client. `reconnect`: it sent `Last-Event-ID`. `slow`: it did not read fast enough. */
export type ResyncReason = "start" | "reconnect" | "slow";

export interface DeletedJson {
  readonly kind: "Device" | "DeviceModel";
  readonly namespace: string;
  readonly name: string;
}

export interface TwinChangeJson {
  /** `namespace/name`. */
  readonly device: DeviceId;
  readonly at: string;
  readonly by?: Origin;
  readonly properties: readonly TwinJson[];
  /** Names of properties that are gone. */
  readonly withdrawn?: readonly string[];
}

export interface HealthJson {
  readonly device: DeviceId;
  readonly at: string;
  readonly state: HealthState;
  readonly reason?: string;
}

/** Events for one applied twin event; none when nothing that is shown changed. */
export function eventsOfApplied({ device, event, outcome }: Applied, now: number): readonly WatchEvent[] {
  const at = timestamp(event.at);
  const events: WatchEvent[] = [];
  const after = outcome.changes.flatMap((change) =>
    change.after && change.after !== change.before ? [change.after] : [],
  );
  const withdrawn = outcome.changes.filter((change) => !change.after).map(({ name }) => name);
  if (after.length > 0 || withdrawn.length > 0) {
    const data: TwinChangeJson = {
      device: device.id,
      at,
      ...("origin" in event && { by: event.origin }),
      properties: after.map((twin) => twinJson(device, twin, now)),
      ...(withdrawn.length > 0 && { withdrawn }),
    };
    events.push({ event: "twin", data });
  }
  if (outcome.health) {
    const { state, reason } = outcome.health;
    events.push({
      event: "health",
      data: { device: device.id, at, state, ...(reason !== undefined && { reason }) },
    });
  }
  return events;
}

/** The event for one change of the registry. */
export function eventOfChange(core: Core, change: RegistryChange): WatchEvent {
  switch (change.kind) {
    case "device applied":
    case "device state": {
      const view = { node: core.node, now: core.clock.now() };
      return { event: "device", data: deviceJson(change.device, core.engine.device(change.device.id), view) };
    }
    case "model applied":
      return { event: "model", data: modelJson(change.model) };
    case "device deleted":
      return { event: "deleted", data: deleted("Device", change.id) };
    case "model deleted":
      return { event: "deleted", data: deleted("DeviceModel", change.id) };
  }
}

function deleted(kind: DeletedJson["kind"], id: string): DeletedJson {
  const [namespace, name] = splitId(id);
  return { kind, namespace, name };
}
