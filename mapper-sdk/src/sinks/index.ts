export {
  defineSink,
  type OpenSinkContext,
  type Sink,
  type SinkDefinition,
  type SinkDriver,
  type SinkEnvironment,
  type SinkSession,
  type SinkTarget,
} from "./define-sink.ts";
export type { SinkCredential, SinkPoint } from "./point.ts";
export { sinkErrorOf } from "./sink-error.ts";
