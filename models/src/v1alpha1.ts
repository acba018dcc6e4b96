import type { Fields, NodeSelector, Twin, TypeFacts } from "./v1alpha2.ts";
import type { Metadata } from "./v1beta1.ts";

/** A property of a v1alpha1 DeviceModel: only whole numbers and text. */
export interface ModelProperty {
  readonly name: string;
  readonly description?: string;
  /** Exactly one key. */
  readonly type: Readonly<Partial<Record<"int" | "string", TypeFacts>>>;
}

/** Where a property lives on every device of the model. */
export interface PropertyVisitor {
  readonly propertyName: string;
  readonly opcua?: Fields;
  readonly modbus?: Fields;
  readonly bluetooth?: Fields;
}

/** devices.kubeedge.io/v1alpha1 DeviceModel (KubeEdge 1.0 to 1.3). */
export interface DeviceModel {
  readonly apiVersion: "devices.kubeedge.io/v1alpha1";
  readonly kind: "DeviceModel";
  readonly metadata: Metadata;
  readonly spec: {
    readonly properties?: readonly ModelProperty[];
    readonly propertyVisitors?: readonly PropertyVisitor[];
  };
}

/** devices.kubeedge.io/v1alpha1 Device. */
export interface Device {
  readonly apiVersion: "devices.kubeedge.io/v1alpha1";
  readonly kind: "Device";
  readonly metadata: Metadata;
  readonly spec: {
    readonly deviceModelRef?: { readonly name: string };
    readonly nodeSelector?: NodeSelector;
    readonly protocol?: {
      readonly opcua?: Fields;
      readonly bluetooth?: Fields;
      /** `slaveID` is a whole number below `rtu` and text below `tcp`. */
      readonly modbus?: { readonly rtu?: Fields; readonly tcp?: Fields };
    };
  };
  readonly status?: { readonly twins?: readonly Twin[] };
}
