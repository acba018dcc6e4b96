/** Devices and models as a manager describes them, whichever version of DMI it speaks. */

/** One property of a device. */
export interface DescribedProperty {
  readonly name: string;
  /** As text; undefined when nothing is desired. */
  readonly desired?: string;
  /** Where it lives; settings that could not be read are left out and told in `problems` of the device. */
  readonly visitor: Readonly<Record<string, unknown>>;
  /** Milliseconds between readings. */
  readonly collectCycleMs: number;
  /** Without it the property is not read for its twin. */
  readonly reported: boolean;
}

export interface DescribedDevice {
  readonly name: string;
  /** Empty in v1alpha1, which has none. */
  readonly namespace: string;
  readonly model: string;
  readonly protocol: string;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly properties: readonly DescribedProperty[];
  /** Milliseconds between reports of its health; 0 when nobody wants them. */
  readonly stateCycleMs: number;
  /** What could not be taken over, in words. */
  readonly problems: readonly string[];
}

/** One property of a model. */
export interface DescribedModelProperty {
  readonly name: string;
  /** `INT`, `FLOAT`, `DOUBLE`, `STRING`, `BOOLEAN`, `BYTES`; others, as `STREAM`, are served by nobody. */
  readonly type: string;
  readonly writable: boolean;
  readonly description?: string;
  readonly unit?: string;
  readonly minimum?: string;
  readonly maximum?: string;
}

export interface DescribedModel {
  readonly name: string;
  readonly namespace: string;
  readonly properties: readonly DescribedModelProperty[];
}

/** `namespace/name`, or the name alone where there are no namespaces. */
export const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  namespace === "" ? name : `${namespace}/${name}`;

/** KubeEdge reads every second when nothing is said. */
export const defaultCycleMs = 1000;

/** A cycle as manifests have it: nothing, or nonsense, is the default. */
export const cycleOf = (cycleMs: number): number => (cycleMs > 0 ? cycleMs : defaultCycleMs);
