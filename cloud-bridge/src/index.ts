export { BridgeError, type BridgeErrorCode, bridgeErrors, type KubernetesFailure } from "./errors.ts";
export type { NodeContent, NodeEvents, WantedObject } from "./hub/node-port.ts";
export type {
  KubernetesClient,
  ObjectList,
  ObjectName,
  ResourceType,
  Selection,
  StoredObject,
  WatchEvent,
  WriteOptions,
} from "./kubernetes/client.ts";
export { resourceTypes } from "./kubernetes/resource-types.ts";
