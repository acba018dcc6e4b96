import { annotations, type Device, type DeviceModel } from "@edgetwin/models";
import type { RawValue } from "../twin/types.ts";

/**
 * The desired values a manifest brings: those that differ from the manifest before. A value somebody set since then at
 * another door is not undone by applying the same manifest again. The empty text means "no desired value", as in KubeEdge.
 */
export function desiredByManifest(device: Device, previous: Device | undefined): Record<string, RawValue> {
  const before = new Map((previous?.spec.properties ?? []).map(({ name, desired }) => [name, desired?.value]));
  const desired: Record<string, RawValue> = {};
  for (const { name, desired: wanted } of device.spec.properties ?? []) {
    if (wanted && wanted.value !== "" && wanted.value !== before.get(name)) desired[name] = { text: wanted.value };
  }
  return desired;
}

/**
 * Defaults of the model as first desired values, for devices that a KubeEdge mapper drives over the message bus: the
 * traffic-light mapper dies of a delta that lacks one of its three lamps. Devices of our own mappers do not need them.
 */
export function startingValues(model: DeviceModel, device: Device): Record<string, RawValue> {
  const text = model.metadata.annotations?.[annotations.defaultValues];
  const given = new Set((device.spec.properties ?? []).map(({ name }) => name));
  const starting: Record<string, RawValue> = {};
  for (const [name, value] of Object.entries(text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>))) {
    const property = model.spec.properties?.find((candidate) => candidate.name === name);
    if (property?.accessMode === "ReadWrite" && given.has(name)) starting[name] = { json: value };
  }
  return starting;
}
