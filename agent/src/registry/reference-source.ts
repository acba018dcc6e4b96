import { type Device, type DeviceModel, type Reference, referencesOf } from "@edgetwin/models";

/** Knows what settings of devices refer to. */
export interface ReferenceSource {
  /** The value; undefined when it is not there. */
  lookUp(namespace: string, reference: Reference): string | undefined;
  /** Tells that a Secret or ConfigMap came, changed or went. Returns how to stop. */
  onChange(listener: (namespace: string, name: string) => void): () => void;
}

/** Whether a device, or its model, names a Secret or ConfigMap. */
export function refersTo(
  device: Device,
  model: DeviceModel | undefined,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): boolean {
  if ((device.metadata.namespace ?? "default") !== namespace) return false;
  return referencesOf(device, model).some((reference) => reference.name === name);
}
