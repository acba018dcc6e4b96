import type { PropertyType } from "@edgetwin/mapper-sdk";

/** `metadata` of a resource, as far as the agent reads it; everything else is kept as it came. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Where a property lives on the device: free fields that the mapper's schema checks. */
export interface VisitorConfig {
  readonly protocolName?: string;
  readonly configData?: Readonly<Record<string, unknown>>;
}

/** A property of a v1beta1 DeviceModel. `minimum` and `maximum` are decimal text, as in KubeEdge. */
export interface ModelProperty {
  readonly name: string;
  readonly description?: string;
  readonly type: PropertyType | "STREAM";
  readonly accessMode: "ReadWrite" | "ReadOnly";
  readonly minimum?: string;
  readonly maximum?: string;
  readonly unit?: string;
  /** Default visitor for instances (KubeEdge 1.22 and later). */
  readonly visitors?: VisitorConfig;
}

/** devices.kubeedge.io/v1beta1 DeviceModel: the storage version. */
export interface DeviceModel {
  readonly apiVersion: "devices.kubeedge.io/v1beta1";
  readonly kind: "DeviceModel";
  readonly metadata: Metadata;
  readonly spec: {
    readonly protocol?: string;
    readonly protocolConfigData?: Readonly<Record<string, unknown>>;
    readonly properties?: readonly ModelProperty[];
  };
}

/** A twin value of the API: always text, with text metadata (`type`, `timestamp` in milliseconds). */
export interface TwinProperty {
  readonly value: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A property of a v1beta1 Device. Cycles are milliseconds. */
export interface DeviceProperty {
  readonly name: string;
  readonly desired?: TwinProperty;
  readonly visitors?: VisitorConfig;
  readonly reportCycle?: number;
  readonly collectCycle?: number;
  readonly reportToCloud?: boolean;
  readonly pushMethod?: Readonly<Record<string, unknown>>;
}

/** devices.kubeedge.io/v1beta1 Device: the storage version. */
export interface Device {
  readonly apiVersion: "devices.kubeedge.io/v1beta1";
  readonly kind: "Device";
  readonly metadata: Metadata;
  readonly spec: {
    readonly deviceModelRef?: { readonly name: string };
    readonly nodeName?: string;
    readonly properties?: readonly DeviceProperty[];
    readonly protocol?: VisitorConfig;
    readonly methods?: readonly Readonly<Record<string, unknown>>[];
    readonly stateReport?: { readonly reportToCloud?: boolean; readonly reportCycle?: number };
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

/** One entry of `status.twins`. */
export interface TwinStatus {
  readonly propertyName: string;
  readonly observedDesired?: TwinProperty;
  readonly reported?: TwinProperty;
}

/** devices.kubeedge.io/v1beta1 DeviceStatus (KubeEdge 1.23 and later). */
export interface DeviceStatus {
  readonly apiVersion: "devices.kubeedge.io/v1beta1";
  readonly kind: "DeviceStatus";
  readonly metadata: Metadata;
  readonly spec?: Readonly<Record<string, never>>;
  readonly status: {
    readonly twins?: readonly TwinStatus[];
    readonly state?: string;
    readonly lastOnlineTime?: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
}
