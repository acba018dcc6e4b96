import type { StoredObject } from "../../kubernetes/client.ts";

const apiVersion = "devices.kubeedge.io/v1beta1";

const metadataOf = (name: string, version: number) => ({
  namespace: "home",
  name,
  uid: `uid-${name}`,
  resourceVersion: String(version),
  generation: version,
});

/** A model with a writable `power` and a read-only `level`. */
export const modelObject = (name: string, version = 1): StoredObject => ({
  apiVersion,
  kind: "DeviceModel",
  metadata: metadataOf(name, version),
  spec: {
    properties: [
      { name: "power", type: "BOOLEAN", accessMode: "ReadWrite" },
      { name: "level", type: "INT", accessMode: "ReadOnly" },
    ],
  },
});

export interface DeviceFacts {
  readonly node?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: number;
  readonly power?: string;
}

/** A device, as far as it has a node, a model and a desired value. */
export const deviceObject = (name: string, { node, model, version = 1, power }: DeviceFacts): StoredObject => ({
  apiVersion,
  kind: "Device",
  metadata: metadataOf(name, version),
  spec: {
    ...(node !== undefined && { nodeName: node }),
    ...(model !== undefined && { deviceModelRef: { name: model } }),
    properties: [{ name: "power", ...(power !== undefined && { desired: { value: power } }) }, { name: "level" }],
  },
});
