import { annotations, type Device, type DeviceModel, parseJsonText } from "@edgetwin/models";
import type { RawValue } from "../twin/types.ts";

/**
 * The desired values a manifest brings: those that differ from the manifest before. A value somebody set since then at
 * another door is not undone by applying the same manifest again. The empty text means "no desired value", as in KubeEdge.
 */
export function desiredByManifest(device: Device, previous: Device | undefined): Record<string, RawValue> {
  const before = new Map((previous?.spec.properties ?? []).map(({ name, desired }) => [name, desired?.value]));
  const changed = (device.spec.properties ?? []).flatMap(({ name, desired }): [string, RawValue][] =>
    desired && desired.value !== "" && desired.value !== before.get(name) ? [[name, { text: desired.value }]] : [],
  );
  return Object.fromEntries(changed);
}

/**
 * Defaults of the model as first desired values, for devices that a KubeEdge mapper drives over the message bus: the
 * traffic-light mapper dies of a delta that lacks one of its three lamps. Devices of our own mappers do not need them.
 */
export function startingValues(model: DeviceModel, device: Device): Record<string, RawValue> {
  const text = model.metadata.annotations?.[annotations.defaultValues];
  const defaults = text === undefined ? {} : (parseJsonText(text) as Record<string, unknown>);
  const given = new Set((device.spec.properties ?? []).map(({ name }) => name));
  const writable = new Set(
    (model.spec.properties ?? []).flatMap(({ name, accessMode }) => (accessMode === "ReadWrite" ? [name] : [])),
  );
  const starting = Object.entries(defaults).flatMap(([name, json]): [string, RawValue][] =>
    writable.has(name) && given.has(name) ? [[name, { json }]] : [],
  );
  return Object.fromEntries(starting);
}
