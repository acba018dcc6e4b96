export {
  type BoardExtension,
  type BoardExtensionDefinition,
  defineBoardExtension,
  type ExtensionEnvironment,
} from "./board-extension.ts";
export {
  type Capture,
  type CaptureEntry,
  type CaptureError,
  type CaptureHeader,
  type CaptureValue,
  captureVersion,
} from "./capture/capture.ts";
export { type RecordedBoard, type RecordOptions, recordBoard } from "./capture/record-board.ts";
export type { CaptureSink } from "./capture/recorder.ts";
export { type Claim, isConflict } from "./claim.ts";
export { type Clock, delay, systemClock, type Timer } from "./clock.ts";
export type { ClosedLoop, ClosedLoopsOf, Condition } from "./closed-loop.ts";
export { completeConfig, type GivenConfig } from "./complete-config.ts";
export type { Credential, CredentialSource } from "./credential.ts";
export { didYouMean, nearest } from "./did-you-mean.ts";
export type {
  DiscoverContext,
  DiscoverDefinition,
  DiscoverEnvironment,
  Discovered,
  Discoverer,
} from "./discover.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { type ErrorCode, errorCodes, MapperError } from "./errors.ts";
export { Feed, type FeedOptions, type FeedSource } from "./feed.ts";
export { type DescribedSchema, type FieldFacts, fieldFactsOf } from "./field-facts.ts";
export { type Field, f, fields, type OptionalField } from "./fields.ts";
export {
  checkTransfer,
  type I2c,
  type I2cBus,
  type I2cOpenOptions,
  type I2cOperation,
  i2cAddressName,
  i2cBusName,
  type TransferOptions,
} from "./hal/i2c.ts";
export { type I2cTarget, i2cTarget, scanI2c } from "./hal/i2c-target.ts";
export {
  bitsPerByte,
  type Rs485Options,
  type Serial,
  type SerialOptions,
  type SerialPort,
  type SerialPortInfo,
  wireTimeMs,
} from "./hal/serial.ts";
export {
  type Board,
  type BoardPackage,
  type Edge,
  type EdgeEvent,
  type Finding,
  type Gpio,
  type GpioLine,
  HalError,
  type HalErrorKind,
  type InputLine,
  type InputOptions,
  type LineOptions,
  type NackPhase,
  type OpenBoardOptions,
  type OutputLine,
  type OutputOptions,
  type Pull,
  type Pwm,
  type PwmOptions,
  type PwmOutput,
} from "./hal.ts";
export { linkSignals } from "./linked-signal.ts";
export { type Log, type LogFields, silentLog } from "./log.ts";
export {
  type Awaitable,
  type CallContext,
  type CallInput,
  type CallOptions,
  type CheckedSettings,
  type Device,
  type DeviceConfig,
  defineMapper,
  type Environment,
  type Handlers,
  type ManyContext,
  type ManyResults,
  type Mapper,
  type MapperDefinition,
  type OpenContext,
  type ReadManyOptions,
  type ReadResult,
} from "./mapper.ts";
export type {
  DeclareMethod,
  Method,
  MethodContext,
  MethodDefinition,
  MethodFacts,
  MethodInput,
  MethodOutput,
  Methods,
  NoMethods,
} from "./methods.ts";
export {
  type Access,
  defineModel,
  type Interlock,
  type Model,
  type Names,
  type Property,
  type PropertyFacts,
  propertyOf,
  type Rules,
  type Safety,
  type ValueOf,
  type Values,
  type WritableNames,
} from "./model.ts";
export {
  type CheckedCondition,
  type CheckedLoop,
  type LoopIssue,
  type ParsedLoops,
  parseClosedLoops,
} from "./parse-closed-loops.ts";
export { p, type Range } from "./property.ts";
export {
  type BoundVisitors,
  defineProtocol,
  type Protocol,
  type ProtocolCall,
  type ProtocolDefinition,
  type ProtocolOpenContext,
  type ProtocolWanted,
} from "./protocol.ts";
export { type Input, type Output, parse, type Schema, type SchemaIssue, type SchemaResult } from "./schema.ts";
export { Scope } from "./scope.ts";
export { type PropertyType, sameValue, showValue, type Value } from "./value.ts";
