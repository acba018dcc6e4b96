import type * as v1alpha1 from "./v1alpha1.ts";
import type * as v1alpha2 from "./v1alpha2.ts";
import type * as v1beta1 from "./v1beta1.ts";

/** The API group of KubeEdge's device resources. */
export const apiGroup = "devices.kubeedge.io";

/** Every version of the device API, oldest first. */
export const apiVersions = ["v1alpha1", "v1alpha2", "v1beta1"] as const;

export type ApiVersion = (typeof apiVersions)[number];

/** Every kind of the device API. DeviceStatus does not exist in v1alpha1. */
export const kinds = ["DeviceModel", "Device", "DeviceStatus"] as const;

export type Kind = (typeof kinds)[number];

/** A device resource in the version in which it was written; `apiVersion` and `kind` tell which. */
export type Resource =
  | v1alpha1.DeviceModel
  | v1alpha1.Device
  | v1alpha2.DeviceModel
  | v1alpha2.Device
  | v1alpha2.DeviceStatus
  | v1beta1.DeviceModel
  | v1beta1.Device
  | v1beta1.DeviceStatus;

/** The version part of a resource's `apiVersion`. */
export function versionOf(resource: { readonly apiVersion: string }): ApiVersion {
  return resource.apiVersion.slice(apiGroup.length + 1) as ApiVersion;
}
