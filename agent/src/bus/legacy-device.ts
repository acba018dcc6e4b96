import { type Device, type DeviceModel, fromV1beta1 } from "@edgetwin/models";

/** Free fields. */
export type Fields = Readonly<Record<string, unknown>>;

interface TwinValue {
  readonly value?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A v1alpha2 Device, as far as `deviceProfile.json` shows it (KubeEdge v1.4 to v1.14). */
export interface LegacyDevice {
  readonly spec: {
    readonly deviceModelRef?: { readonly name?: string };
    readonly protocol?: Readonly<Record<string, Fields>>;
    readonly propertyVisitors?: readonly (Fields & { readonly propertyName: string })[];
    readonly data?: { readonly dataProperties?: readonly Fields[]; readonly dataTopic?: string };
  };
  readonly status?: {
    readonly twins?: readonly {
      readonly propertyName: string;
      readonly desired?: TwinValue;
      readonly reported?: TwinValue;
    }[];
  };
}

/** A v1alpha2 DeviceModel: each property has exactly one type key. */
export interface LegacyModel {
  readonly spec: {
    readonly properties?: readonly {
      readonly name: string;
      readonly description?: string;
      readonly type: Readonly<Record<string, Fields>>;
    }[];
  };
}

/** The device in v1alpha2; what that version cannot say, such as STREAM properties, is left out. */
export function legacyDevice(device: Device, model: DeviceModel | undefined): LegacyDevice {
  return fromV1beta1(device, "v1alpha2", model ? { models: [model] } : {}) as unknown as LegacyDevice;
}

/** The model in v1alpha2. */
export const legacyModel = (model: DeviceModel): LegacyModel =>
  fromV1beta1(model, "v1alpha2") as unknown as LegacyModel;
