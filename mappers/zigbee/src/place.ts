import { MapperError } from "@edgetwin/mapper-sdk";
import type { Binding } from "./binding.ts";
import type { RawAttributes } from "./features/feature.ts";
import type { KnownDevice, KnownEndpoint } from "./network/library.ts";

/** Where a property of a certain device is, in the library's words. */
export interface Place {
  readonly binding: Binding;
  readonly endpoint: number;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Names of attributes, numbers for those that the library does not know. */
  readonly attributes: readonly (string | number)[];
}

/** What {@link placeOf} finds for a property that is on no cluster. */
type Found = Place | undefined;

/**
 * Finds where on a device a property is: the endpoint that its visitor names, or the first that has the cluster.
 * @throws MapperError `CONFIG_INVALID` when the device has no such cluster, saying which it has.
 */
export function placeOf(device: KnownDevice, binding: Binding): Found {
  const { cluster: wanted, name } = binding;
  if (wanted === undefined) return undefined;
  const candidates = device.endpoints.filter(({ ID }) => binding.endpoint === undefined || ID === binding.endpoint);
  for (const endpoint of candidates) {
    const found = endpoint.getInputClusters().find(({ ID, name }) => name === wanted || ID === wanted);
    if (!found) continue;
    const nameOf = (attribute: string | number) =>
      Object.values(found.attributes).find(({ ID, name }) => name === attribute || ID === attribute)?.name;
    const attributes = binding.attributes.map((attribute) => nameOf(attribute) ?? attribute);
    const unknown = attributes.find((attribute) => typeof attribute === "string" && nameOf(attribute) === undefined);
    if (unknown !== undefined)
      throw new MapperError("CONFIG_INVALID", `visitors.${name}.attribute: ${found.name} has none called ${unknown}`);
    return { binding, endpoint: endpoint.ID, cluster: found.name, attributes };
  }
  const has = device.endpoints.map((endpoint) => `${endpoint.ID}: ${clustersOf(endpoint)}`).join("; ");
  const where = binding.endpoint === undefined ? "" : ` on endpoint ${binding.endpoint}`;
  throw new MapperError(
    "CONFIG_INVALID",
    `visitors.${name}: ${device.ieeeAddr} has no cluster ${wanted}${where}; it has ${has || "no endpoints"}`,
  );
}

const clustersOf = (endpoint: KnownEndpoint): string =>
  endpoint
    .getInputClusters()
    .map(({ name }) => name)
    .join(", ");

/** What the library knows of the attributes of a cluster: what the device said last. */
export function knownAttributes(device: KnownDevice, { endpoint, cluster }: Place): RawAttributes {
  return device.getEndpoint(endpoint)?.clusters[cluster]?.attributes ?? {};
}

/** Whether a device listens only after it spoke: it cannot be asked, and tells by itself. */
export const isSleepy = ({ type, powerSource }: KnownDevice): boolean =>
  type === "EndDevice" && (powerSource === undefined || powerSource === "Battery" || powerSource === "Unknown");
