import type { MethodFacts } from "@edgetwin/mapper-sdk";
import type { Device, DeviceModel, Resource } from "@edgetwin/models";
import type { DeviceState } from "../runner/device-state.ts";
import type { MethodCall } from "../runner/method-call.ts";
import type { DeviceId, Origin } from "../twin/types.ts";

/** A Device as the agent runs it. */
export interface DeviceEntry {
  readonly id: DeviceId;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: number;
  /** The manifest in the version in which it was applied. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The same in the storage version, v1beta1. */
  readonly device: Device;
  /** Undefined while the model it refers to has not been applied. */
  readonly model: DeviceModel | undefined;
  /** Name of the mapper that serves it; undefined when a KubeEdge mapper on the message bus has to. */
  readonly mapper: string | undefined;
  /** Where that mapper comes from: the name of a mapper, as `edgetwin get mappers` shows it. */
  readonly source?: string;
  /** What that mapper's devices do on demand. */
  readonly methods: readonly MethodFacts[];
  readonly state: DeviceState;
}

/** A DeviceModel as the agent keeps it. */
export interface ModelEntry {
  /** `namespace/name`. */
  readonly id: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: number;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly model: DeviceModel;
}

/** Who applies manifests, and what they may be. */
export interface ApplyOptions {
  readonly origin: Origin;
  /** Name of the file, for messages. */
  readonly file?: string;
  /** Looks at what the text has before any of it is applied, and throws when it is not what is wanted. */
  readonly check?: (resources: readonly Resource[]) => void;
}

/** What `apply` did with one document. */
export interface ApplyResult {
  readonly kind: "DeviceModel" | "Device";
  /** `namespace/name`. */
  readonly id: string;
  readonly result: "created" | "configured" | "unchanged";
  /** Things that were accepted but deserve a look, e.g. a property that nobody serves. */
  readonly warnings: readonly string[];
}

/** Models and devices of this node, and who serves them. */
export interface Registry {
  /**
   * Takes DeviceModels and Devices of any API version from YAML or JSON text. All documents are checked before the first
   * is stored; models are applied before devices.
   * @throws AgentError `MANIFEST_INVALID` naming file, path, value and fix of everything that is wrong.
   */
  apply(text: string, options: ApplyOptions): Promise<readonly ApplyResult[]>;
  /** Closes the device, drives its fail-safe values, forgets its twins. @throws AgentError `NOT_FOUND`. */
  deleteDevice(id: DeviceId, origin: Origin): Promise<void>;
  /** @throws AgentError `NOT_FOUND`; `MANIFEST_INVALID` while devices still refer to it. */
  deleteModel(id: string, origin: Origin): Promise<void>;
  /**
   * Calls a method of a device's mapper.
   * @throws AgentError `NOT_FOUND`, `DEVICE_UNAVAILABLE` while it is not open; MapperError as the device does.
   */
  call(id: DeviceId, call: MethodCall): Promise<unknown>;
  device(id: DeviceId): DeviceEntry | undefined;
  devices(): readonly DeviceEntry[];
  model(id: string): ModelEntry | undefined;
  models(): readonly ModelEntry[];
  /** Called when a device or model was applied or deleted, or a device changed its state. */
  onChange(listener: (change: RegistryChange) => void): () => void;
}

export type RegistryChange =
  | { readonly kind: "device applied" | "device state"; readonly device: DeviceEntry }
  | { readonly kind: "device deleted"; readonly id: DeviceId }
  | { readonly kind: "model applied"; readonly model: ModelEntry }
  | { readonly kind: "model deleted"; readonly id: string };
