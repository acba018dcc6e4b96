import { type ApiVersion, fromV1beta1, ModelError, type Resource, toV1beta1, validateResource } from "@edgetwin/models";
import { type ApiObject, fieldsAt } from "../api-object.ts";
import { badRequest } from "../failures.ts";
import type { Conversion, Lookup } from "./served-resource.ts";

/** Fields that belong to the server and are the same in all versions. */
const serverFields = ["managedFields", "resourceVersion"] as const;

/**
 * Converts between a version of the device API and v1beta1, the stored one. What cannot be converted is the request's
 * fault: 400.
 */
export function deviceConversion(version: string): Conversion {
  return {
    toStored: (object, lookup) =>
      converting(object, () => {
        const { resource } = validateResource(object);
        return toV1beta1(resource, contextOf(object, lookup));
      }),
    fromStored: (object, lookup) =>
      converting(object, () =>
        fromV1beta1(
          object as unknown as Parameters<typeof fromV1beta1>[0],
          version as ApiVersion,
          contextOf(object, lookup),
        ),
      ),
  };
}

function converting(object: ApiObject, convert: () => unknown): ApiObject {
  try {
    const converted = structuredClone(convert()) as ApiObject;
    for (const field of serverFields) {
      if (object.metadata[field] !== undefined) Object.assign(converted.metadata, { [field]: object.metadata[field] });
    }
    return converted;
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw badRequest(`conversion of ${object.kind} "${object.metadata.name}" failed: ${cause.message}`);
  }
}

/** A device is converted by the types of its model's properties. */
function contextOf({ kind, metadata, spec }: ApiObject, lookup: Lookup): { readonly models?: Resource[] } {
  const name = fieldsAt(spec, "deviceModelRef").name;
  if (kind !== "Device" || typeof name !== "string") return {};
  const model = lookup("devicemodels.devices.kubeedge.io", metadata.namespace ?? "", name);
  return model ? { models: [model as unknown as Resource] } : {};
}
