import { isJsonObject } from "../hub/json-object.ts";
import type { StoredObject } from "../kubernetes/client.ts";
import type { Indexes } from "../kubernetes/object-cache.ts";

interface DeviceSpec {
  readonly nodeName?: unknown;
  readonly nodeSelector?: {
    readonly nodeSelectorTerms?: readonly {
      readonly matchExpressions?: readonly { readonly values?: readonly unknown[] }[];
    }[];
  };
  readonly deviceModelRef?: { readonly name?: unknown };
  readonly properties?: readonly unknown[];
}

const specOf = ({ spec }: StoredObject): DeviceSpec => (typeof spec === "object" && spec !== null ? spec : {});

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The node that a device is of, in any version of the API: before v1beta1 it is the first value of a node selector. */
export function nodeOf(device: StoredObject): string | undefined {
  const { nodeName, nodeSelector } = specOf(device);
  return textOf(nodeName) ?? textOf(nodeSelector?.nodeSelectorTerms?.[0]?.matchExpressions?.[0]?.values?.[0]);
}

/** Key of the model that a device names, in its own namespace. */
export function modelKeyOf(device: StoredObject): string | undefined {
  const name = textOf(specOf(device).deviceModelRef?.name);
  return name === undefined ? undefined : `${device.metadata.namespace}/${name}`;
}

/** A property of a device that somebody wants to have a value. */
export interface DesiredValue {
  readonly name: string;
  readonly value: string;
  /** Whether the edge reports the property to the cloud. */
  readonly isReported: boolean;
}

const propertiesOf = (device: StoredObject): readonly Readonly<Record<string, unknown>>[] => {
  const { properties } = specOf(device);
  return Array.isArray(properties) ? properties.filter(isJsonObject) : [];
};

/** Names of the properties of a device, in its order. */
export const propertyNames = (device: StoredObject): readonly string[] =>
  propertiesOf(device).flatMap(({ name }) => (typeof name === "string" ? [name] : []));

/** The desired values of a device. An empty one means that nothing is desired. */
export function desiredValues(device: StoredObject): readonly DesiredValue[] {
  return propertiesOf(device).flatMap(({ name, desired, reportToCloud }) => {
    const value = isJsonObject(desired) ? textOf(desired.value) : undefined;
    if (typeof name !== "string" || value === undefined) return [];
    return [{ name, value, isReported: reportToCloud !== false }];
  });
}

/** Value of the index `use` of a node that uses a model. */
export const useOf = (node: string, modelKey: string): string => `${node} ${modelKey}`;

export type DeviceIndex = "node" | "model" | "use";

/** How devices are found: by their node, by their model, by both. */
export const deviceIndexes: Indexes<DeviceIndex> = {
  node: nodeOf,
  model: modelKeyOf,
  use(device) {
    const node = nodeOf(device);
    const model = modelKeyOf(device);
    return node === undefined || model === undefined ? undefined : useOf(node, model);
  },
};
