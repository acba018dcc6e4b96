import type { KubernetesObject } from "@edgetwin/cloud-protocol";
import { annotations } from "@edgetwin/models";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** The resourceVersion of an object, as a number that can be compared; undefined when it has none that can. */
export function resourceVersionOf(object: Fields): bigint | undefined {
  const text = fieldsOf(object.metadata).resourceVersion;
  return typeof text === "string" && /^\d{1,30}$/.test(text) ? BigInt(text) : undefined;
}

export const uidOf = (object: Fields): string | undefined => {
  const { uid } = fieldsOf(object.metadata);
  return typeof uid === "string" && uid !== "" ? uid : undefined;
};

/** Whether the agent has an object from the cloud, rather than from a manifest of its own. */
export const isFromCloud = (manifest: Fields): boolean =>
  fieldsOf(fieldsOf(manifest.metadata).annotations)[annotations.from] === "cloud";

/** The node a device is for; undefined when for none. */
export function nodeOf(object: Fields): string | undefined {
  const { nodeName } = fieldsOf(object.spec);
  return typeof nodeName === "string" && nodeName !== "" ? nodeName : undefined;
}

/** The annotation in which kubectl keeps a second copy of the object. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * A Device or DeviceModel of the wire as a manifest: with `kind` and `apiVersion`, which a resync may leave out; without
 * status, book-keeping of the API server, and the empty structs that Go's encoder writes where nothing was given.
 */
export function manifestOf(kind: "Device" | "DeviceModel", object: KubernetesObject): Fields {
  const { name, namespace, uid, resourceVersion, labels, annotations: given } = fieldsOf(object.metadata);
  const { [lastApplied]: _, ...kept } = fieldsOf(given);
  const apiVersion = typeof object.apiVersion === "string" ? object.apiVersion : "devices.kubeedge.io/v1beta1";
  return {
    apiVersion,
    kind,
    metadata: {
      ...{ name, namespace, uid, resourceVersion },
      ...(isObject(labels) && { labels }),
      annotations: { ...kept, [annotations.from]: "cloud" },
    },
    spec: specOf(fieldsOf(object.spec)),
  };
}

/** What decides whether an object changed: all but the version, which rises with every report in KubeEdge before 1.23. */
export function substanceOf(manifest: Fields): Fields {
  const { resourceVersion: _, ...metadata } = fieldsOf(manifest.metadata);
  return { ...manifest, metadata };
}

function specOf(spec: Fields): Fields {
  const { properties, protocol, ...rest } = spec;
  return {
    ...rest,
    ...(!isEmpty(protocol) && { protocol }),
    ...(Array.isArray(properties) && { properties: properties.map((property) => propertyOf(fieldsOf(property))) }),
  };
}

/** `desired: {value: ""}` means that nothing is desired. */
function propertyOf({ desired, visitors, ...rest }: Fields): Fields {
  const isDesired = isObject(desired) && desired.value !== "" && desired.value !== undefined;
  return { ...rest, ...(isDesired && { desired }), ...(!isEmpty(visitors) && { visitors }) };
}

const isEmpty = (value: unknown): boolean => !isObject(value) || Object.keys(value).length === 0;
