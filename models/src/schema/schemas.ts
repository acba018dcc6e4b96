import type { ApiVersion, Kind } from "../resource.ts";
import type { Schema } from "./schema.ts";
import * as v1alpha1 from "./v1alpha1.ts";
import * as v1alpha2 from "./v1alpha2.ts";
import * as v1beta1 from "./v1beta1.ts";

/** The schema of every resource; DeviceStatus does not exist in v1alpha1. */
export const schemas: Readonly<Record<ApiVersion, Readonly<Partial<Record<Kind, Schema>>>>> = {
  v1alpha1: { DeviceModel: v1alpha1.deviceModel, Device: v1alpha1.device },
  v1alpha2: { DeviceModel: v1alpha2.deviceModel, Device: v1alpha2.device, DeviceStatus: v1alpha2.deviceStatus },
  v1beta1: { DeviceModel: v1beta1.deviceModel, Device: v1beta1.device, DeviceStatus: v1beta1.deviceStatus },
};
