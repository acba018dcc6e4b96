import type { Metadata, TwinProperty } from "./v1beta1.ts";

/** The facts of a property type in v1alpha1 and v1alpha2; which of them exist depends on the key they stand under. */
export interface TypeFacts {
  readonly accessMode?: "ReadWrite" | "ReadOnly";
  /** An int64 beyond 2^53 is a `bigint`, here and everywhere below. */
  readonly defaultValue?: number | bigint | string | boolean;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly unit?: string;
}

/** Names of the property types before v1beta1. */
export type TypeKey = "int" | "string" | "double" | "float" | "boolean" | "bytes";

/** A property of a v1alpha2 DeviceModel. */
export interface ModelProperty {
  readonly name: string;
  readonly description?: string;
  /** Exactly one key. */
  readonly type: Readonly<Partial<Record<TypeKey, TypeFacts>>>;
}

/** devices.kubeedge.io/v1alpha2 DeviceModel (KubeEdge 1.4 to 1.14). */
export interface DeviceModel {
  readonly apiVersion: "devices.kubeedge.io/v1alpha2";
  readonly kind: "DeviceModel";
  readonly metadata: Metadata;
  readonly spec: { readonly protocol?: string; readonly properties?: readonly ModelProperty[] };
}

/** Free fields below a protocol's or visitor's own ones. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where a property lives: exactly one protocol block; cycles are nanoseconds. */
export interface PropertyVisitor {
  readonly propertyName: string;
  readonly reportCycle?: number | bigint;
  readonly collectCycle?: number | bigint;
  readonly customizedValues?: Fields;
  readonly opcua?: Fields;
  readonly modbus?: Fields;
  readonly bluetooth?: Fields;
  readonly customizedProtocol?: Fields;
}

/** `spec.nodeSelector`: KubeEdge takes the very first value as the node's name, whatever key and operator say. */
export interface NodeSelector {
  readonly nodeSelectorTerms: readonly {
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  }[];
}

/** One entry of `status.twins` before v1beta1: people edit `desired` here. */
export interface Twin {
  readonly propertyName: string;
  readonly desired?: TwinProperty;
  readonly reported?: TwinProperty;
}

/** devices.kubeedge.io/v1alpha2 Device. */
export interface Device {
  readonly apiVersion: "devices.kubeedge.io/v1alpha2";
  readonly kind: "Device";
  readonly metadata: Metadata;
  readonly spec: {
    readonly deviceModelRef?: { readonly name: string };
    readonly nodeSelector?: NodeSelector;
    readonly protocol?: Readonly<
      Partial<Record<"opcua" | "modbus" | "bluetooth" | "common" | "customizedProtocol", Fields>>
    >;
    readonly propertyVisitors?: readonly PropertyVisitor[];
    readonly data?: {
      readonly dataProperties?: readonly { readonly propertyName: string; readonly metadata?: Fields }[];
      readonly dataTopic?: string;
    };
  };
  readonly status?: { readonly twins?: readonly Twin[] };
}

/**
 * devices.kubeedge.io/v1alpha2 DeviceStatus. No KubeEdge ever wrote one: its schema (a bare list of twins beside the
 * metadata) is a slip of the generator of KubeEdge 1.23, but an API server accepts it.
 */
export interface DeviceStatus {
  readonly apiVersion: "devices.kubeedge.io/v1alpha2";
  readonly kind: "DeviceStatus";
  readonly metadata: Metadata;
  readonly twins?: readonly Twin[];
}
