/** KubeEdge's device-mapper interface (DMI), and our own extension of it, over gRPC on Unix sockets. */
export { type ConfigReader, configFromAny, configToAny, type DecodedConfig, detectionToAny } from "./config-data.ts";
export { type ConfigValue, configFromWire, configToWire } from "./host/config-value.ts";
export type { Description, FindingDraft, Opened, OpenRequest, PartFacts } from "./host/messages.ts";
export { type ModelFacts, modelFromWire, modelToWire } from "./host/model-facts.ts";
export { type HostParts, serveHost } from "./host/serve-host.ts";
export { mapperHost } from "./host/service.ts";
export { valueFromWire, valueToWire, type WireValue } from "./host/value.ts";
export { type AttachedHost, type AttachOptions, attachHost } from "./remote/attach-host.ts";
export { type RunOptions, runMapper } from "./serve/run-mapper.ts";
export { type ServedMappers, type ServeOptions, serveMappers } from "./serve/serve-mappers.ts";
export type { Rpc, RpcOptions, ServiceClient } from "./transport/call.ts";
export { type Connection, type ConnectOptions, connect } from "./transport/connect.ts";
export { type Listening, type ListenOptions, listen } from "./transport/listen.ts";
export {
  type Handler,
  type Handlers,
  type Implementation,
  implement,
  type ServedCall,
} from "./transport/serve-call.ts";
export { type Procedures, pathOf, type Service } from "./transport/service.ts";
export { type ConnectionServer, takeConnections } from "./transport/take-connections.ts";
export * as v1alpha1 from "./v1alpha1/index.ts";
export * as v1beta1 from "./v1beta1/index.ts";
export { type AnyValue, anyValue } from "./wire/any.ts";
export type { DraftOf, Message, MessageOf } from "./wire/message.ts";
