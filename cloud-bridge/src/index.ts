export { type Credentials, type CredentialsOptions, openCredentials } from "./api-server/access/credentials.ts";
export { type ApiServer, type ApiServerOptions, startApiServer } from "./api-server/api-server.ts";
export { type Authority, type AuthorityOptions, openAuthority } from "./certificates/authority.ts";
export { type CertificateServiceOptions, certificateServer } from "./certificates/certificate-service.ts";
export { kubernetesSecrets } from "./certificates/kubernetes-secrets.ts";
export type { SecretStore, StoredSecret } from "./certificates/secret-store.ts";
export { BridgeError, type BridgeErrorCode, bridgeErrors, type KubernetesFailure } from "./errors.ts";
export { type Hub, openHub } from "./hub/hub.ts";
export type { HubCounters } from "./hub/hub-counters.ts";
export type { HubOptions } from "./hub/hub-options.ts";
export { defaultLimits, type HubLimits } from "./hub/limits.ts";
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
export { type ConnectOptions, connectKubernetes } from "./kubernetes/connect.ts";
export { type HttpClientOptions, HttpKubernetesClient } from "./kubernetes/http-client.ts";
export { Informer, type InformerOptions } from "./kubernetes/informer.ts";
export { resourceTypes } from "./kubernetes/resource-types.ts";
