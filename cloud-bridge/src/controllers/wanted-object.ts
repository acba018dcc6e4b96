import { ModelError, type Resource, toV1beta1, validateResource, versionOf } from "@edgetwin/models";
import type { WantedObject } from "../hub/node-port.ts";
import type { StoredObject } from "../kubernetes/client.ts";

/**
 * An object as edges take it, or undefined for one of an older version that cannot be converted. One in v1beta1 goes as
 * it is, also when something is wrong with it: the edge says what, and keeps the twin that it has.
 */
export function wantedObject(type: "device" | "devicemodel", stored: StoredObject): WantedObject | undefined {
  const object = inV1beta1(stored);
  if (!object) return undefined;
  const { namespace, name, resourceVersion } = stored.metadata;
  return { path: { ...(namespace !== undefined && { namespace }), type, name }, resourceVersion, object };
}

function inV1beta1(stored: StoredObject): StoredObject | undefined {
  const { apiVersion } = stored;
  if (typeof apiVersion !== "string" || versionOf({ apiVersion }) === "v1beta1") return stored;
  try {
    const { resource } = validateResource(stored);
    return toV1beta1(resource as Resource) as unknown as StoredObject;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}
