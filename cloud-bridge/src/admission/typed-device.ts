import {
  apiGroup,
  type Device,
  type DeviceModel,
  type Issue,
  ModelError,
  type Resource,
  toV1beta1,
  validateResource,
} from "@edgetwin/models";
import type { ReviewedObject } from "./cluster-view.ts";

/** An object in v1beta1, or what keeps it from being read. */
export type Typed<T> =
  | { readonly value: T; readonly warnings: readonly string[] }
  | { readonly issues: readonly Issue[] };

export const isTyped = <T>(typed: Typed<T>): typed is Extract<Typed<T>, { value: T }> => "value" in typed;

export const typedModel = (object: ReviewedObject): Typed<DeviceModel> => typed(object, []);

/** A device, whose older versions are read by the types of its model. */
export const typedDevice = (object: ReviewedObject, model: DeviceModel | undefined): Typed<Device> =>
  typed(object, model ? [model] : []);

/**
 * Without the status, which is somebody else's: what is wrong with it is no reason to refuse the rest. Before v1beta1 it
 * holds what is desired.
 */
export function wantedPart(object: ReviewedObject): ReviewedObject {
  if (object.apiVersion !== `${apiGroup}/v1beta1`) return object;
  const { status: _, ...rest } = object;
  return rest;
}

function typed<T>(object: ReviewedObject, models: readonly Resource[]): Typed<T> {
  try {
    const { resource, warnings } = validateResource(wantedPart(object));
    return { value: toV1beta1(resource, { models: [...models] }) as T, warnings };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { issues: error.issues };
  }
}
