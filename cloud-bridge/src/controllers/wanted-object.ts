import { ModelError, type Resource, toV1beta1, validateResource, versionOf } from "@edgetwin/models";
import { isJsonObject } from "../hub/json-object.ts";
import type { WantedObject } from "../hub/node-port.ts";
import type { StoredObject } from "../kubernetes/client.ts";

/**
 * An object as edges take it, or undefined for one of an older version that cannot be converted. One in v1beta1 goes as
 * it is, also when something is wrong with it: the edge says what, and keeps the twin that it has.
 */
export function wantedObject(
  type: "device" | "devicemodel",
  stored: StoredObject,
  contentVersion: string = stored.metadata.resourceVersion,
): WantedObject | undefined {
  const object = inV1beta1(stored);
  if (!object) return undefined;
  const { namespace, name } = stored.metadata;
  const path = { ...(namespace !== undefined && { namespace }), type, name };
  return { path, resourceVersion: contentVersion, object: withoutOwnStatus(object) };
}

/** What the bridge wrote into the status is no business of the edge; what others keep there goes along. */
function withoutOwnStatus(object: StoredObject): StoredObject {
  const { status, ...rest } = object;
  if (!isJsonObject(status)) return object;
  const { conditions: _, state: __, ...others } = status;
  return Object.keys(others).length === 0 ? (rest as StoredObject) : { ...object, status: others };
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
