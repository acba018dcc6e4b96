// The public types of @edgetwin/mapper-sdk, entry by entry, for review. Written by `node scripts/api-report.mjs` from
// the declarations that tsc emits; a change here is a change for everybody who writes a mapper. Nothing compiles this file.
// Messages of DMI appear as the tables of their fields, whose types tsc infers.

declare module "@edgetwin/mapper-sdk" {
  export type Access = "r" | "rw";
  export type Awaitable<T> = T | PromiseLike<T>;
  export interface Board extends AsyncDisposable {
    readonly name: string;
    readonly gpio: Gpio;
    readonly pwm: Pwm;
    readonly i2c: I2c;
    readonly serial: Serial;
  }
  export interface BoardExtension {
    readonly kind: "board-extension";
    readonly name: string;
    extend(board: Board, settings: unknown, environment: ExtensionEnvironment): Board;
  }
  export interface BoardExtensionDefinition<S extends Schema> {
    readonly name: string;
    readonly settings: S;
    extend(board: Board, settings: Output<S>, environment: Required<Pick<ExtensionEnvironment, "clock" | "where">>): Board;
  }
  export interface BoardPackage {
    readonly kind: "board";
    readonly name: string;
    detect(): Promise<{
      readonly present: boolean;
      readonly model?: string;
      readonly reason?: string;
    }>;
    open(options: OpenBoardOptions): Promise<Board & {
      explain(): Promise<readonly Finding[]>;
    }>;
    explain(options: OpenBoardOptions): Promise<readonly Finding[]>;
    simulated(options?: {
      readonly name?: string;
      readonly clock?: Clock;
    }): SimBoard;
  }
  export type BoundVisitors<M extends Model, V> = {
    readonly [K in Names<M>]: V;
  } | ((constants: Readonly<Record<string, Value>>) => {
    readonly [K in Names<M>]: V;
  });
  export interface CallContext<S, V> {
    readonly session: S;
    readonly visitor: V;
    readonly signal: AbortSignal;
  }
  export type CallInput<T> = [undefined] extends [MethodInput<T>] ? [input?: MethodInput<T>, options?: CallOptions] : Record<never, never> extends MethodInput<T> ? [input?: MethodInput<T>, options?: CallOptions] : [input: MethodInput<T>, options?: CallOptions];
  export interface CallOptions {
    readonly signal?: AbortSignal;
  }
  export interface Capture {
    readonly header: CaptureHeader;
    readonly entries: readonly (CaptureEntry & {
      readonly line: number;
    })[];
    readonly damage?: string;
    readonly name: string;
  }
  export interface CaptureEntry {
    readonly n: number;
    readonly ms: number;
    readonly took?: number;
    readonly on: string;
    readonly do: string;
    readonly out?: CaptureValue;
    readonly in?: CaptureValue;
    readonly error?: CaptureError;
  }
  export interface CaptureError {
    readonly message: string;
    readonly kind?: HalErrorKind;
    readonly phase?: NackPhase;
    readonly aborted?: true;
  }
  export interface CaptureHeader {
    readonly capture: typeof captureVersion;
    readonly board: string;
    readonly startedAt: string;
  }
  export type CaptureSink = (line: string) => void;
  export type CaptureValue = string | number | boolean | null | readonly CaptureValue[] | {
    readonly [key: string]: CaptureValue | undefined;
  };
  export type CheckedCondition = Condition<Value>;
  export interface CheckedLoop {
    readonly by: string;
    readonly withinMs: number;
    conditionFor(value: Value): CheckedCondition | undefined;
  }
  export interface CheckedSettings<C, Visitors> {
    readonly connection: C;
    readonly visitors: Visitors;
  }
  export interface Claim {
    readonly resource: string;
    readonly as?: string;
    readonly property?: string;
  }
  export interface Clock {
    now(): number;
    monotonic(): number;
    after(delayMs: number, action: () => void, options?: {
      readonly background?: boolean;
    }): Timer;
  }
  export interface ClosedLoop {
    readonly by: string;
    readonly when?: Readonly<Record<string, Condition>>;
    readonly tolerance?: number;
    readonly within?: string | number;
  }
  export type ClosedLoopsOf<P extends Record<string, Property>> = string extends keyof P ? Readonly<Record<string, ClosedLoop>> : {
    readonly [K in keyof P as "rw" extends P[K]["access"] ? K : never]?: ClosedLoopOf<P, K>;
  };
  export interface Condition<T = unknown> {
    readonly min?: number;
    readonly max?: number;
    readonly equals?: T;
    readonly changes?: number | true;
  }
  export interface Credential {
    readonly username?: string;
    readonly secret?: string;
    readonly ca?: string;
    readonly certificate?: string;
    readonly key?: string;
  }
  export type CredentialSource = (name: string, address: string) => Credential;
  export type DeclareMethod<S, Visitors> = <I extends Schema = Schema<undefined>, O extends Schema = Schema<void, undefined>>(definition: MethodDefinition<S, Visitors, I, O>) => Method<SchemaInput<I>, SchemaOutput<O>>;
  export interface DescribedSchema<In = unknown, Out = In> extends Schema<In, Out> {
    readonly facts: readonly FieldFacts[];
  }
  export interface Device<M extends Model = Model, T extends Methods = Methods> extends AsyncDisposable {
    readonly model: M;
    readonly bus?: string;
    read<K extends Names<M>>(name: K, options?: CallOptions): Promise<Values<M>[K]>;
    readMany<K extends Names<M>>(names: readonly K[], options?: ReadManyOptions): Promise<ManyResults<M, K>>;
    write<K extends WritableNames<M>>(name: K, value: Values<M>[K], options?: CallOptions): Promise<void>;
    watch<K extends Names<M>>(name: K, options?: CallOptions): AsyncIterable<Values<M>[K] | MapperError> | undefined;
    readonly methods: readonly MethodFacts[];
    call<K extends Extract<keyof T, string>>(name: K, ...input: CallInput<T[K]>): Promise<MethodOutput<T[K]>>;
  }
  export interface DeviceConfig {
    readonly connection?: unknown;
    readonly visitors?: Readonly<Record<string, unknown>>;
  }
  export interface DiscoverContext<O> {
    readonly board: Board;
    readonly clock: Clock;
    readonly log: Log;
    readonly options: O;
    readonly credential?: CredentialSource;
    readonly signal: AbortSignal;
    turn<T>(action: () => Promise<T>): Promise<T>;
  }
  export interface DiscoverDefinition<D extends Schema> {
    readonly description: string;
    readonly options?: D;
    bus?(options: SchemaOutput<D>): string;
    addressOf?(connection: unknown): string;
    find(context: DiscoverContext<SchemaOutput<D>>): AsyncIterable<Discovered>;
  }
  export interface DiscoverEnvironment {
    readonly board: Board;
    readonly clock: Clock;
    readonly log?: Log;
    readonly credential?: CredentialSource;
    readonly signal: AbortSignal;
    readonly turn?: <T>(bus: string, action: () => Promise<T>) => Promise<T>;
    readonly devices?: Readonly<Record<string, unknown>>;
  }
  export interface Discovered {
    readonly name: string;
    readonly description: string;
    readonly confidence: number;
    readonly connection?: Readonly<Record<string, unknown>>;
    readonly visitors?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly model?: Model;
    readonly known?: string;
    readonly facts?: Readonly<Record<string, string | number | boolean>>;
  }
  export interface Discoverer {
    readonly description: string;
    readonly options?: readonly FieldFacts[];
    find(options: unknown, environment: DiscoverEnvironment): AsyncIterable<Discovered>;
  }
  export type Edge = "rising" | "falling" | "both";
  export interface EdgeEvent {
    readonly active: boolean;
    readonly monotonicMs: number;
  }
  export interface Environment {
    readonly board: Board;
    readonly clock: Clock;
    readonly log?: Log;
    readonly name?: string;
    readonly credential?: CredentialSource;
    readonly initial?: Readonly<Record<string, Value>>;
    readonly signal?: AbortSignal;
  }
  export type ErrorCode = keyof typeof errorCodes;
  export interface ExtensionEnvironment {
    readonly clock: Clock;
    readonly where?: string;
  }
  export class Feed<T> {
    constructor(source?: FeedSource, options?: FeedOptions<T>);
    get readers(): number;
    push(value: T): void;
    fail(error: unknown): void;
    values({ signal }?: {
      readonly signal?: AbortSignal;
    }): AsyncIterable<T>;
  }
  export interface FeedOptions<T> {
    readonly limit?: number;
    readonly sizeOf?: (value: T) => number;
    readonly overrun?: () => Error;
  }
  export interface FeedSource {
    start?(): void;
    stop?(): void;
  }
  export interface Field<T, In = unknown> {
    readonly parse: (raw: unknown) => {
      readonly value: T;
    } | {
      readonly message: string;
    } | {
      readonly issues: readonly SchemaIssue[];
    };
    readonly expected?: string;
    readonly input?: In;
  }
  export interface FieldFacts {
    readonly name: string;
    readonly expected: string;
    readonly optional: boolean;
    readonly default?: unknown;
  }
  export interface Finding {
    readonly check: string;
    readonly state: "ok" | "warn" | "fail";
    readonly message: string;
    readonly fix?: string;
  }
  export interface GivenConfig {
    readonly config: DeviceConfig;
    readonly constants?: Readonly<Record<string, Value>>;
  }
  export interface Gpio {
    lineName(pin: string | number): string;
    output(pin: string | number, options?: OutputOptions): Promise<OutputLine>;
    input(pin: string | number, options?: InputOptions): Promise<InputLine>;
    lines?(): Promise<readonly GpioLine[]>;
  }
  export interface GpioLine {
    readonly name: string;
    readonly pin?: number;
    readonly labels: readonly string[];
    readonly holder?: string;
  }
  export class HalError extends Error {
    readonly name = "HalError";
    readonly kind: HalErrorKind;
    readonly phase: NackPhase | undefined;
    constructor(kind: HalErrorKind, message: string, options?: ErrorOptions & {
      readonly phase?: NackPhase;
    });
  }
  export type HalErrorKind = 
  "busy"
   | "disconnected"
   | "timeout"
   | "nack"
   | "arbitration"
   | "bus-stuck"
   | "overrun"
   | "permission"
   | "unknown"
   | "unsupported" | "other";
  export type Handlers<P extends Property, S, V> = {
    read(context: CallContext<S, V>): Awaitable<ValueOf<P>>;
    watch?(context: CallContext<S, V>): AsyncIterable<ValueOf<P> | Error>;
  } & (P extends Property<unknown, "rw"> ? {
    write(context: CallContext<S, V>, value: ValueOf<P>): Awaitable<void>;
  } : {
    readonly write?: 'this property is read-only; declare it with access: "rw" in the model';
  });
  export interface I2c {
    open(bus: number | string, options?: I2cOpenOptions): Promise<I2cBus>;
    list(): Promise<readonly string[]>;
  }
  export interface I2cBus extends AsyncDisposable {
    readonly name: string;
    transfer(address: number, operations: readonly I2cOperation[], options?: TransferOptions): Promise<readonly Uint8Array[]>;
  }
  export interface I2cOpenOptions {
    readonly consumer?: string;
  }
  export type I2cOperation = {
    readonly write: Uint8Array;
    readonly read?: never;
  } | {
    readonly read: number;
    readonly write?: never;
  };
  export interface I2cTarget {
    readonly address: number;
    readonly bus: I2cBus;
    write(bytes: Uint8Array | readonly number[], options?: CallOptions): Promise<void>;
    read(length: number, options?: CallOptions): Promise<Uint8Array>;
    writeRead(bytes: Uint8Array | readonly number[], length: number, options?: CallOptions): Promise<Uint8Array>;
  }
  export type Input<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];
  export interface InputLine extends AsyncDisposable {
    get(): boolean | Promise<boolean>;
    edges(options?: {
      readonly signal?: AbortSignal;
    }): AsyncIterable<EdgeEvent>;
  }
  export interface InputOptions extends LineOptions {
    readonly pull?: Pull;
    readonly edge?: Edge;
    readonly debounceMs?: number;
  }
  export interface Interlock<V = Record<string, unknown>> {
    readonly never: Partial<V>;
    readonly because?: string;
  }
  export interface LineOptions {
    readonly consumer?: string;
    readonly activeLow?: boolean;
  }
  export interface Log {
    debug(event: string, fields?: LogFields): void;
    info(event: string, fields?: LogFields): void;
    warn(event: string, fields?: LogFields): void;
    error(event: string, fields?: LogFields): void;
  }
  export type LogFields = Readonly<Record<string, unknown>>;
  export interface LoopIssue {
    readonly path: string;
    readonly value: unknown;
    readonly message: string;
  }
  export interface ManyContext<S, W> {
    readonly session: S;
    readonly wanted: readonly W[];
    readonly signal: AbortSignal;
    goOn(): boolean;
  }
  export type ManyResults<M extends Model, K extends Names<M>> = {
    readonly [N in K]?: ReadResult<Values<M>[N]>;
  };
  export interface Mapper<M extends Model = Model, T extends Methods = Methods> {
    readonly kind: "mapper";
    readonly protocol: string;
    readonly model: M;
    readonly methods?: readonly MethodFacts[];
    readonly discover?: Discoverer;
    defaults?(constants: Readonly<Record<string, Value>>): DeviceConfig;
    modelFor(config: DeviceConfig): Awaitable<M>;
    claims?(config: DeviceConfig): readonly Claim[];
    open(config: DeviceConfig, environment: Environment): Promise<Device<M, T>>;
  }
  export interface MapperDefinition<M extends Model, V extends Schema, S, C extends Schema, T extends Methods = NoMethods, D extends Schema = Schema<undefined>> {
    readonly protocol: string;
    readonly model: M;
    readonly connection?: C;
    readonly visitor: V;
    defaults?(constants: Readonly<Record<string, Value>>): {
      readonly connection?: Partial<Input<C>>;
      readonly visitors?: {
        readonly [K in Names<M>]?: Partial<Input<V>>;
      };
    };
    bus?(connection: Output<C>): string;
    claims?(config: CheckedSettings<Output<C>, {
      readonly [K in Names<M>]: Output<V>;
    }>): readonly Claim[];
    open(context: OpenContext<Output<C>, {
      readonly [K in Names<M>]: Output<V>;
    }>): Awaitable<S>;
    readonly properties: {
      readonly [K in Names<M>]: Handlers<M["properties"][K], S, Output<V>>;
    };
    readMany?(context: ManyContext<S, {
      readonly name: Names<M>;
      readonly visitor: Output<V>;
    }>): Awaitable<{
      readonly [K in Names<M>]?: Values<M>[K] | Error;
    }>;
    methods?(method: DeclareMethod<S, {
      readonly [K in Names<M>]: Output<V>;
    }>): T;
    readonly discover?: DiscoverDefinition<D>;
  }
  export class MapperError extends Error {
    readonly name = "MapperError";
    readonly code: ErrorCode;
    constructor(code: ErrorCode, message: string, options?: ErrorOptions);
    get retryable(): boolean;
  }
  export interface Method<In = unknown, Out = unknown> {
    readonly description: string;
    readonly input?: Schema;
    readonly output?: Schema;
    readonly run: (context: never, input: never) => Awaitable<unknown>;
    readonly types?: {
      readonly input: In;
      readonly output: Out;
    };
  }
  export interface MethodContext<S, Visitors> {
    readonly session: S;
    readonly visitors: Visitors;
    readonly signal: AbortSignal;
  }
  export interface MethodDefinition<S, Visitors, I extends Schema, O extends Schema> {
    readonly description: string;
    readonly input?: I;
    readonly output?: O;
    run(context: MethodContext<S, Visitors>, input: SchemaOutput<I>): Awaitable<SchemaInput<O>>;
  }
  export interface MethodFacts {
    readonly name: string;
    readonly description: string;
    readonly input?: readonly FieldFacts[];
  }
  export type MethodInput<T> = T extends Method<infer In> ? In : never;
  export type MethodOutput<T> = T extends Method<unknown, infer Out> ? Out : never;
  export type Methods = Readonly<Record<string, Method>>;
  export interface Model<P extends Record<string, Property> = Record<string, Property>> {
    readonly name: string;
    readonly properties: P;
    readonly safety?: Safety;
    readonly verify?: Readonly<Record<string, ClosedLoop>>;
  }
  export type NackPhase = "address" | "data";
  export type Names<M extends Model> = Extract<keyof M["properties"], string>;
  export type NoMethods = Readonly<Record<never, never>>;
  export interface OpenBoardOptions {
    readonly backend?: string;
    readonly clock: Clock;
    readonly log?: Log;
  }
  export interface OpenContext<C, Visitors> extends Environment {
    readonly log: Log;
    readonly name: string;
    readonly initial: Readonly<Record<string, Value>>;
    readonly signal: AbortSignal;
    readonly connection: C;
    readonly visitors: Visitors;
    readonly scope: Scope;
  }
  export interface OptionalField<T, In = unknown> extends Field<T, In> {
    readonly optional: true;
    readonly default?: unknown;
  }
  export type Output<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];
  export interface OutputLine extends AsyncDisposable {
    set(active: boolean): Promise<void>;
    get(): boolean | Promise<boolean>;
  }
  export interface OutputOptions extends LineOptions {
    readonly initial?: boolean;
    readonly drive?: "push-pull" | "open-drain" | "open-source";
  }
  export interface ParsedLoops {
    readonly loops: ReadonlyMap<string, CheckedLoop>;
    readonly issues: readonly LoopIssue[];
  }
  export interface Property<T = unknown, A extends Access = Access> {
    readonly type: PropertyType;
    readonly access: A;
    readonly unit?: string;
    readonly description?: string;
    readonly min?: number | bigint;
    readonly max?: number | bigint;
    readonly options?: readonly string[];
    readonly constant?: Value;
    readonly accept: (value: unknown) => T;
    toTwin(value: T): Value;
  }
  export interface PropertyFacts<A extends Access = Access> {
    readonly access?: A;
    readonly unit?: string;
    readonly description?: string;
  }
  export type PropertyType = "INT" | "FLOAT" | "DOUBLE" | "STRING" | "BOOLEAN" | "BYTES";
  export interface Protocol<V = unknown, T extends Methods = Methods> {
    readonly kind: "protocol";
    readonly protocol: string;
    readonly discover?: Discoverer;
    bind<M extends Model>(model: M, visitors: BoundVisitors<M, V>): Mapper<M, T>;
    serve<M extends Model>(model: M): Mapper<M, T>;
  }
  export interface ProtocolCall<S, V> extends CallContext<S, V> {
    readonly name: string;
    readonly property: Property;
  }
  export interface ProtocolDefinition<V extends Schema, S, C extends Schema, T extends Methods = NoMethods, D extends Schema = Schema<undefined>> {
    readonly protocol: string;
    readonly connection?: C;
    readonly visitor: V;
    bus?(connection: Output<C>): string;
    claims?(config: CheckedSettings<Output<C>, Readonly<Record<string, Output<V>>>>): readonly Claim[];
    narrow?(property: Property, visitor: Output<V>, name: string): Property;
    open(context: ProtocolOpenContext<Output<C>, Output<V>>): Awaitable<S>;
    read(context: ProtocolCall<S, Output<V>>): Awaitable<unknown>;
    readMany?(context: ManyContext<S, ProtocolWanted<Output<V>>>): Awaitable<Readonly<Record<string, unknown>>>;
    write?(context: ProtocolCall<S, Output<V>>, value: unknown): Awaitable<void>;
    watch?(context: ProtocolCall<S, Output<V>>): AsyncIterable<unknown> | undefined;
    methods?(method: DeclareMethod<S, Readonly<Record<string, Output<V>>>>): T;
    readonly discover?: DiscoverDefinition<D>;
  }
  export interface ProtocolOpenContext<C, V> extends OpenContext<C, Readonly<Record<string, V>>> {
    readonly model: Model;
  }
  export type ProtocolWanted<V> = Pick<ProtocolCall<unknown, V>, "name" | "property" | "visitor">;
  export type Pull = "up" | "down" | "none";
  export interface Pwm {
    output(pin: string | number, options: PwmOptions): Promise<PwmOutput>;
  }
  export interface PwmOptions extends LineOptions {
    readonly frequencyHz: number;
    readonly initialDuty?: number;
  }
  export interface PwmOutput extends AsyncDisposable {
    setDuty(duty: number): Promise<void>;
    duty(): Promise<number>;
  }
  export interface Range<N = number> {
    readonly min?: N;
    readonly max?: N;
  }
  export interface ReadManyOptions extends CallOptions {
    goOn?(): boolean;
  }
  export type ReadResult<T = unknown> = {
    readonly value: T;
    readonly error?: undefined;
  } | {
    readonly error: MapperError;
    readonly value?: undefined;
  };
  export interface RecordOptions {
    readonly clock: Clock;
    readonly sink: CaptureSink;
  }
  export interface RecordedBoard extends Board {
    preamble(): readonly string[];
  }
  export interface Rs485Options {
    readonly rtsOnSend?: "high" | "low";
    readonly delayBeforeSendMs?: number;
    readonly delayAfterSendMs?: number;
    readonly receiveDuringSend?: boolean;
  }
  export interface Rules<P extends Record<string, Property>> extends Safety<{
    [K in keyof P]: ValueOf<P[K]>;
  }> {
    readonly verify?: ClosedLoopsOf<P>;
  }
  export interface Safety<V = Record<string, unknown>> {
    readonly interlocks?: readonly Interlock<V>[];
    readonly failSafe?: Partial<V>;
  }
  export interface Schema<In = unknown, Out = In> {
    readonly "~standard": {
      readonly version: 1;
      readonly vendor: string;
      readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
      readonly types?: {
        readonly input: In;
        readonly output: Out;
      } | undefined;
    };
  }
  export interface SchemaIssue {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
      key: PropertyKey;
    })[] | undefined;
  }
  export type SchemaResult<Out> = {
    readonly value: Out;
    readonly issues?: undefined;
  } | {
    readonly issues: readonly SchemaIssue[];
  };
  export class Scope implements AsyncDisposable {
    constructor(onLateFailure?: (error: unknown) => void);
    use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T;
    adopt<T>(value: T, release: (value: T) => unknown): T;
    defer(action: () => unknown): void;
    move(): Scope;
    [Symbol.asyncDispose](): Promise<void>;
  }
  export interface Serial {
    open(path: string, options: SerialOptions): Promise<SerialPort>;
    list(): Promise<readonly SerialPortInfo[]>;
  }
  export interface SerialOptions {
    readonly baudRate: number;
    readonly dataBits?: 5 | 6 | 7 | 8;
    readonly parity?: "none" | "even" | "odd";
    readonly stopBits?: 1 | 2;
    readonly rs485?: Rs485Options;
    readonly consumer?: string;
  }
  export interface SerialPort extends AsyncDisposable {
    readonly path: string;
    write(bytes: Uint8Array, options?: {
      readonly signal?: AbortSignal;
    }): Promise<void>;
    drain(options?: {
      readonly signal?: AbortSignal;
    }): Promise<void>;
    bytes(options?: {
      readonly signal?: AbortSignal;
    }): AsyncIterable<Uint8Array>;
  }
  export interface SerialPortInfo {
    readonly path: string;
    readonly stablePath?: string;
    readonly manufacturer?: string;
    readonly serialNumber?: string;
    readonly vendorId?: string;
    readonly productId?: string;
  }
  export interface Timer extends Disposable {
  }
  export interface TransferOptions {
    readonly tenBit?: boolean;
    readonly signal?: AbortSignal;
  }
  export type Value = bigint | number | boolean | string | Uint8Array;
  export type ValueOf<P> = P extends Property<infer T> ? T : never;
  export type Values<M extends Model> = {
    [K in Names<M>]: ValueOf<M["properties"][K]>;
  };
  export type WritableNames<M extends Model> = Extract<{
    [K in Names<M>]: "rw" extends M["properties"][K]["access"] ? K : never;
  }[Names<M>], string>;
  export const bitsPerByte: ({ dataBits, parity, stopBits }: SerialOptions) => number;
  export const captureVersion = 1;
  export function checkTransfer(address: number, operations: readonly I2cOperation[], { tenBit }?: {
    readonly tenBit?: boolean;
  }): void;
  export function completeConfig<M extends Model>(mapper: Mapper<M>, { config, constants }: GivenConfig): DeviceConfig;
  export function defineBoardExtension<S extends Schema>(definition: BoardExtensionDefinition<S>): BoardExtension;
  export function defineMapper<M extends Model, V extends Schema, S, C extends Schema = Schema<undefined>, T extends Methods = NoMethods, D extends Schema = Schema<undefined>>(definition: MapperDefinition<M, V, S, C, T, D>): Mapper<M, T>;
  export function defineModel<const P extends Record<string, Property>>(name: string, properties: P, rules?: Rules<P>): Model<P>;
  export function defineProtocol<V extends Schema, S, C extends Schema = Schema<undefined>, T extends Methods = NoMethods, D extends Schema = Schema<undefined>>(definition: ProtocolDefinition<V, S, C, T, D>): Protocol<Input<V>, T>;
  export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void>;
  export function didYouMean(given: string, candidates: readonly string[]): string;
  export const errorCodes: {
    readonly CONFIG_INVALID: {
      readonly retryable: false;
    };
    readonly VALUE_INVALID: {
      readonly retryable: false;
    };
    readonly DEVICE_IO: {
      readonly retryable: true;
    };
    readonly DEVICE_BUSY: {
      readonly retryable: true;
    };
    readonly DEVICE_ABORTED: {
      readonly retryable: true;
    };
    readonly SINK_UNAVAILABLE: {
      readonly retryable: true;
    };
    readonly SINK_REFUSED: {
      readonly retryable: false;
    };
  };
  export const f: {
    string: () => Field<string, string>;
    boolean: () => Field<boolean, boolean>;
    number: ({ min, max }?: Bounds) => Field<number, number>;
    int: ({ min, max }?: Bounds) => Field<number, number>;
    oneOf: <const T extends string>(options: readonly T[]) => Field<T, T>;
    object<F extends Shape>(shape: F): Field<Plain<FieldValues<F>>, Plain<FieldInputs<F>>>;
    custom: <T>(expected: string, accept: (raw: unknown) => T | undefined) => Field<T>;
    optional: <T, In>(inner: Field<T, In>) => OptionalField<T | undefined, In>;
    withDefault: <T, In>(inner: Field<T, In>, value: NoInfer<T>) => OptionalField<T, In>;
  };
  export const fieldFactsOf: (schema: Schema) => readonly FieldFacts[] | undefined;
  export function fields<F extends Shape>(shape: F): DescribedSchema<Plain<FieldInputs<F>>, Plain<FieldValues<F>>>;
  export function formatDuration(ms: number): string;
  export const i2cAddressName: (address: number, { tenBit }?: {
    readonly tenBit?: boolean;
  }) => string;
  export function i2cBusName(bus: number | string): string;
  export function i2cTarget(bus: I2cBus, address: number, { tenBit }?: {
    readonly tenBit?: boolean;
  }): I2cTarget;
  export const isConflict: (a: Claim, b: Claim) => boolean;
  export function linkSignals(...sources: (AbortSignal | undefined)[]): {
    readonly signal: AbortSignal;
  } & Disposable;
  export function nearest(given: string, candidates: readonly string[]): string | undefined;
  export const p: {
    boolean: <const A extends Access = "r">(facts?: PropertyFacts<A>) => Property<boolean, NoInfer<A>>;
    int: <const A extends Access = "r">(facts?: PropertyFacts<A> & Range) => Property<number, NoInfer<A>>;
    int64: <const A extends Access = "r">(facts?: PropertyFacts<A> & Range<bigint>) => Property<bigint, NoInfer<A>>;
    float: <const A extends Access = "r">(facts?: PropertyFacts<A> & Range) => Property<number, NoInfer<A>>;
    double: <const A extends Access = "r">(facts?: PropertyFacts<A> & Range) => Property<number, NoInfer<A>>;
    string: <const A extends Access = "r">(facts?: PropertyFacts<A>) => Property<string, NoInfer<A>>;
    oneOf: <const T extends string, const A extends Access = "r">(options: readonly T[], facts?: PropertyFacts<A>) => Property<T, NoInfer<A>>;
    bytes: <const A extends Access = "r">(facts?: PropertyFacts<A>) => Property<Uint8Array, NoInfer<A>>;
  };
  export function parse<S extends Schema>(schema: S, value: unknown, where: string): Output<S>;
  export function parseClosedLoops(properties: Readonly<Record<string, Property>>, raw: unknown): ParsedLoops;
  export function parseDuration(text: unknown): number | undefined;
  export function propertyOf(model: Model, name: string): Property;
  export function recordBoard(board: Board, { clock, sink }: RecordOptions): RecordedBoard;
  export function sameValue(a: Value | undefined, b: Value | undefined): boolean;
  export function scanI2c(bus: I2cBus, { signal }?: CallOptions): Promise<readonly number[]>;
  export function showValue(value: unknown): string;
  export const silentLog: Log;
  export const systemClock: Clock;
  export const wireTimeMs: (count: number, options: SerialOptions) => number;
  // Mentioned above, exported by no entry:
  interface Bounds {
    readonly min?: number;
    readonly max?: number;
  }
  interface CallOptions {
    readonly signal?: AbortSignal;
  }
  type ClosedLoopOf<P extends Record<string, Property>, K extends keyof P> = {
    [B in Exclude<keyof P, K>]: {
      readonly by: B;
      readonly when?: {
        readonly [V in Text<ValueOf<P[K]>> | "*"]?: Condition<ValueOf<P[B]>>;
      };
      readonly tolerance?: number;
      readonly within?: string | number;
    };
  }[Exclude<keyof P, K>];
  type FieldInputs<F extends Shape> = {
    readonly [K in Exclude<keyof F, OptionalNames<F>>]: InputOf<F[K]>;
  } & {
    readonly [K in OptionalNames<F>]?: InputOf<F[K]>;
  };
  type FieldValues<F extends Shape> = {
    [K in keyof F]: F[K] extends Field<infer T> ? T : never;
  };
  type InputOf<F> = F extends Field<unknown, infer In> ? In : never;
  type OptionalNames<F extends Shape> = {
    [K in keyof F]: F[K] extends OptionalField<unknown> ? K : never;
  }[keyof F];
  type Plain<T> = T extends infer U ? {
    readonly [K in keyof U]: U[K];
  } : never;
  type SchemaInput<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];
  type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];
  type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];
  type Shape = Record<string, Field<unknown>>;
  type Text<T> = T extends string | number | bigint | boolean ? `${T}` : never;
}

declare module "@edgetwin/mapper-sdk/codecs" {
  export type ByteOrder = (typeof byteOrders)[number];
  export interface Codec {
    readonly byteLength: number;
    readonly kind: CodecKind;
    readonly whole: boolean;
    readonly partial: boolean;
    decode(bytes: Uint8Array, from?: number): CodecValue;
    encode(value: CodecValue, target?: Uint8Array, at?: number): Uint8Array;
  }
  export type CodecKind = "number" | "bigint" | "boolean" | "string" | "bytes";
  export interface CodecSpec {
    readonly type: CodecType;
    readonly order?: ByteOrder | undefined;
    readonly bits?: {
      readonly at: number;
      readonly length?: number | undefined;
    } | undefined;
    readonly scale?: number | undefined;
    readonly offset?: number | undefined;
    readonly round?: Rounding | undefined;
    readonly values?: Readonly<Record<string, number>> | undefined;
    readonly noValue?: readonly number[] | undefined;
    readonly length?: number | undefined;
    readonly encoding?: TextFormat["encoding"] | undefined;
    readonly pad?: TextFormat["pad"] | undefined;
  }
  export type CodecType = (typeof codecTypes)[number];
  export type CodecValue = number | bigint | boolean | string | Uint8Array;
  export type Crc = (bytes: Uint8Array, from?: number, to?: number) => number;
  export interface CrcParameters {
    readonly width: 8 | 16;
    readonly polynomial: number;
    readonly initial: number;
    readonly reflected: boolean;
  }
  export interface KubeEdgeBleConverter {
    readonly startIndex: number;
    readonly endIndex: number;
    readonly shiftLeft?: number | undefined;
    readonly shiftRight?: number | undefined;
    readonly orderOfOperations?: readonly KubeEdgeOperation[] | undefined;
  }
  export type KubeEdgeModbusType = "int" | "float" | "double" | "boolean" | "string";
  export interface KubeEdgeModbusVisitor {
    readonly type: KubeEdgeModbusType;
    readonly byteLength: number;
    readonly scale?: number | undefined;
    readonly isSwap?: boolean | undefined;
    readonly isRegisterSwap?: boolean | undefined;
  }
  export const byteOrders: readonly ["big", "little", "byte-swap", "word-swap", "ABCD", "DCBA", "BADC", "CDAB", "AB", "BA", "ABCDEFGH", "HGFEDCBA", "BADCFEHG", "GHEFCDAB"];
  export function bytePositions(order: ByteOrder, byteLength: number): readonly number[];
  export const codecFields: {
    type: Field<"bcd16" | "bcd24" | "bcd32" | "bcd40" | "bcd48" | "bcd56" | "bcd64" | "bcd8" | "bytes" | "f32" | "f64" | "i16" | "i24" | "i32" | "i40" | "i48" | "i56" | "i64" | "i8" | "string" | "u16" | "u24" | "u32" | "u40" | "u48" | "u56" | "u64" | "u8" | "unpacked-bcd16" | "unpacked-bcd24" | "unpacked-bcd32" | "unpacked-bcd48" | "unpacked-bcd64", "bcd16" | "bcd24" | "bcd32" | "bcd40" | "bcd48" | "bcd56" | "bcd64" | "bcd8" | "bytes" | "f32" | "f64" | "i16" | "i24" | "i32" | "i40" | "i48" | "i56" | "i64" | "i8" | "string" | "u16" | "u24" | "u32" | "u40" | "u48" | "u56" | "u64" | "u8" | "unpacked-bcd16" | "unpacked-bcd24" | "unpacked-bcd32" | "unpacked-bcd48" | "unpacked-bcd64">;
    order: OptionalField<"AB" | "ABCD" | "ABCDEFGH" | "BA" | "BADC" | "BADCFEHG" | "CDAB" | "DCBA" | "GHEFCDAB" | "HGFEDCBA" | "big" | "byte-swap" | "little" | "word-swap" | undefined, "AB" | "ABCD" | "ABCDEFGH" | "BA" | "BADC" | "BADCFEHG" | "CDAB" | "DCBA" | "GHEFCDAB" | "HGFEDCBA" | "big" | "byte-swap" | "little" | "word-swap">;
    bits: OptionalField<{
      readonly at: number;
      readonly length: number | undefined;
    } | undefined, {
      readonly at: number;
      readonly length?: number;
    }>;
    scale: OptionalField<number | undefined, number>;
    offset: OptionalField<number | undefined, number>;
    round: OptionalField<"down" | "nearest" | "toward-zero" | "up" | undefined, "down" | "nearest" | "toward-zero" | "up">;
    values: OptionalField<Readonly<Record<string, number>> | undefined, Readonly<Record<string, number>>>;
    noValue: OptionalField<readonly number[] | undefined, readonly number[]>;
    length: OptionalField<number | undefined, number>;
    encoding: OptionalField<"ascii" | "latin1" | "utf-8" | undefined, "ascii" | "latin1" | "utf-8">;
    pad: OptionalField<"nul" | "space" | undefined, "nul" | "space">;
  };
  export function codecOf(spec: CodecSpec): Codec;
  export const codecTypes: readonly ["u8", "u16", "u24", "u32", "u40", "u48", "u56", "u64", "i8", "i16", "i24", "i32", "i40", "i48", "i56", "i64", "bcd8", "bcd16", "bcd24", "bcd32", "bcd40", "bcd48", "bcd56", "bcd64", "unpacked-bcd16", "unpacked-bcd24", "unpacked-bcd32", "unpacked-bcd48", "unpacked-bcd64", "f32", "f64", "string", "bytes"];
  export const crc16Ccitt: Crc;
  export const crc16Modbus: Crc;
  export const crc8Dallas: Crc;
  export const crc8Sensirion: Crc;
  export const crc8Smbus: Crc;
  export function crcOf({ width, polynomial, initial, reflected }: CrcParameters): Crc;
  export function kubeEdgeBleCodec(converter: KubeEdgeBleConverter): Codec;
  export function kubeEdgeModbusCodec({ type, byteLength, scale, isSwap, isRegisterSwap }: KubeEdgeModbusVisitor): Codec;
  export function propertyCodec(codec: Codec, property: Property): Codec;
  // Mentioned above, exported by no entry:
  interface KubeEdgeOperation {
    readonly operationType: "Add" | "Subtract" | "Multiply" | "Divide";
    readonly operationValue: number;
  }
  type Rounding = (typeof roundings)[number];
  interface TextFormat {
    readonly encoding: (typeof encodings)[number];
    readonly pad: (typeof paddings)[number];
  }
  const encodings: readonly ["ascii", "latin1", "utf-8"];
  const paddings: readonly ["nul", "space"];
  const roundings: readonly ["nearest", "down", "up", "toward-zero"];
}

declare module "@edgetwin/mapper-sdk/lines" {
  export type ConnectLines = (address: LineAddress, context: LinesContext) => Promise<Lines>;
  export interface LineAddress {
    readonly host: string;
    readonly port: number;
  }
  export interface Lines extends AsyncDisposable {
    ask(question: string, signal: AbortSignal): Promise<string>;
  }
  export interface LinesContext {
    readonly board: Board;
    readonly signal: AbortSignal;
  }
  export const connectLines: ConnectLines;
}

declare module "@edgetwin/mapper-sdk/dmi" {
  export type AnyValue = MessageOf<typeof anyValue>;
  export interface AttachOptions {
    readonly clock?: Clock;
    readonly log?: Log;
    readonly signal?: AbortSignal;
    readonly name?: string;
    readonly version?: string;
  }
  export interface AttachedHost extends Disposable {
    readonly name: string;
    readonly version: string;
    readonly pid: number;
    readonly board: string;
    readonly parts: readonly (Mapper | Protocol)[];
    readonly closed: Promise<string>;
  }
  export type ConfigReader = "mapper-framework" | "edgetwin";
  export interface ConfigValue {
    readonly int64?: bigint | undefined;
    readonly double?: number | undefined;
    readonly text?: string | undefined;
    readonly bool?: boolean | undefined;
    readonly bytes?: Uint8Array | undefined;
    readonly list?: {
      readonly items?: readonly ConfigValue[] | undefined;
    } | undefined;
    readonly object?: {
      readonly fields?: ReadonlyMap<string, ConfigValue> | undefined;
    } | undefined;
  }
  export interface ConnectOptions {
    readonly clock?: Clock;
    readonly signal?: AbortSignal;
  }
  export interface Connection extends Disposable {
    readonly socket: string;
    client<P extends Procedures>(service: Service<P>): ServiceClient<P>;
    readonly ended: Promise<void>;
  }
  export interface ConnectionServer extends Disposable {
    take(connection: Duplex): void;
  }
  export interface DecodedConfig {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly problems: readonly string[];
  }
  export type Description = MessageOf<typeof description>;
  export type DraftOf<M> = M extends Message<infer In, unknown> ? In : never;
  export type FindingDraft = DraftOf<typeof finding>;
  export type Handler<P> = P extends {
    readonly streams: true;
    readonly request: infer Q;
    readonly response: infer R;
  } ? (request: MessageOf<Q>, call: ServedCall) => AsyncIterable<DraftOf<R>> : P extends {
    readonly request: infer Q;
    readonly response: infer R;
  } ? (request: MessageOf<Q>, call: ServedCall) => Awaitable<DraftOf<R>> : never;
  export type Handlers<P extends Procedures> = {
    readonly [K in keyof P]?: Handler<P[K]>;
  };
  export interface HostParts {
    readonly parts: readonly (Mapper | Protocol)[];
    readonly name: string;
    readonly version: string;
    readonly pid: number;
    readonly board: Board;
    readonly clock: Clock;
    readonly log: Log;
    readonly credential?: CredentialSource;
    readonly signal: AbortSignal;
    onAttached?(agents: number): void;
  }
  export interface Implementation {
    readonly service: Service;
    readonly handlers: Readonly<Record<string, AnyHandler | undefined>>;
  }
  export interface ListenOptions {
    readonly mode?: number;
    readonly log?: Log;
  }
  export interface Listening extends AsyncDisposable {
    readonly socket: string;
  }
  export interface Message<In = never, Out = unknown> {
    readonly name: string;
    encode(draft: In): Buffer;
    decode(bytes: Uint8Array): Out;
    read(reader: Reader, before?: Out): Out;
  }
  export type MessageOf<M> = M extends Message<never, infer Out> ? Out : never;
  export type ModelFacts = MessageOf<typeof modelFacts>;
  export type OpenRequest = MessageOf<typeof openRequest>;
  export type Opened = MessageOf<typeof opened>;
  export type PartFacts = MessageOf<typeof partFacts>;
  export type Procedures = Readonly<Record<string, Procedure>>;
  export type Rpc<P> = P extends {
    readonly streams: true;
    readonly request: infer Q;
    readonly response: infer R;
  } ? (request: DraftOf<Q>, options?: Pick<RpcOptions, "signal">) => AsyncIterable<MessageOf<R>> : P extends {
    readonly request: infer Q;
    readonly response: infer R;
  } ? (request: DraftOf<Q>, options?: RpcOptions) => Promise<MessageOf<R>> : never;
  export interface RpcOptions {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  }
  export interface RunOptions {
    readonly parts: readonly (Mapper | Protocol)[];
    readonly name?: string;
    readonly version?: string;
    readonly board?: BoardPackage;
    readonly argv?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
  }
  export interface ServeOptions {
    readonly parts: readonly (Mapper | Protocol)[];
    readonly socket: string;
    readonly manager?: string;
    readonly name: string;
    readonly version?: string;
    readonly board: Board;
    readonly clock?: Clock;
    readonly log?: Log;
    readonly random?: () => number;
    readonly signal?: AbortSignal;
  }
  export interface ServedCall {
    readonly signal: AbortSignal;
  }
  export interface ServedMappers extends AsyncDisposable {
    readonly socket: string;
  }
  export interface Service<P extends Procedures = Procedures> {
    readonly name: string;
    readonly procedures: P;
  }
  export type ServiceClient<P extends Procedures> = {
    readonly [K in keyof P]: Rpc<P[K]>;
  };
  export type WireValue = MessageOf<typeof twinValue>;
  export const anyValue = message("google.protobuf.Any", { typeUrl: one(1, text), value: one(2, bytes) });
  export function attachHost(socket: string, { clock, log, signal, name, version }?: AttachOptions): Promise<AttachedHost | undefined>;
  export function configFromAny(data: ReadonlyMap<string, AnyValue> | undefined): DecodedConfig;
  export function configFromWire(value: ConfigValue | undefined): unknown;
  export function configToAny(settings: unknown, reader: ConfigReader): Map<string, AnyValue>;
  export function configToWire(value: unknown, where?: string, depth?: number): ConfigValue;
  export function connect(socket: string, { clock, signal }?: ConnectOptions): Promise<Connection>;
  export function detectionToAny(settings: unknown): Map<string, AnyValue>;
  export const implement: <P extends Procedures>(service: Service<P>, handlers: Handlers<P>) => Implementation;
  export function listen(socket: string, services: readonly Implementation[], { mode, log }?: ListenOptions): Promise<Listening>;
  export const mapperHost = service("edgetwin.v1.MapperHost", {
    describe: streaming(describeRequest, description),
    narrow: unary(narrowRequest, narrowResponse),
    open: streaming(openRequest, opened),
    close: unary(sessionRequest, empty),
    read: unary(readRequest, readResponse),
    yield: unary(yieldRequest, empty),
    write: unary(writeRequest, empty),
    watch: streaming(watchRequest, pushedValue),
    call: unary(callRequest, callResponse),
    discover: streaming(discoverRequest, discoverResponse),
    takeTurn: unary(turnRequest, empty),
  });
  export function modelFromWire({ name, properties, safety }: ModelFacts): Model;
  export function modelToWire({ name, properties, safety }: Model): DraftOf<typeof modelFacts>;
  export const pathOf: ({ name }: Service, procedure: string) => string;
  export function runMapper(options: RunOptions): Promise<number>;
  export function serveHost(host: HostParts): Implementation & AsyncDisposable;
  export function serveMappers(options: ServeOptions): Promise<ServedMappers>;
  export function takeConnections(services: readonly Implementation[], { log }?: {
    readonly log?: Log;
  }): ConnectionServer;
  export namespace v1alpha1 {
    export interface WireDeviceV1alpha1 extends Decoded<typeof deviceFields> {
    }
    export interface WireDeviceV1alpha1Draft extends Drafted<typeof deviceFields> {
    }
    export interface WireModelV1alpha1 extends Decoded<typeof deviceModelFields> {
    }
    export interface WireModelV1alpha1Draft extends Drafted<typeof deviceModelFields> {
    }
    export interface WireStatusV1alpha1 extends Decoded<typeof deviceStatusFields> {
    }
    export interface WireStatusV1alpha1Draft extends Drafted<typeof deviceStatusFields> {
    }
    export const device: Message<WireDeviceV1alpha1Draft, WireDeviceV1alpha1>;
    export const deviceManager = service("v1alpha1.DeviceManagerService", {
      mapperRegister: unary(
        message("v1alpha1.MapperRegisterRequest", { withData: one(1, bool), mapper: maybe(2, mapperInfo) }),
        message("v1alpha1.MapperRegisterResponse", { modelList: many(1, deviceModel), deviceList: many(2, device) }),
      ),
      reportDeviceStatus: unary(
        message("v1alpha1.ReportDeviceStatusRequest", { deviceName: one(1, text), reportedDevice: maybe(2, deviceStatus) }),
        empty("ReportDeviceStatusResponse"),
      ),
    });
    export const deviceMapper = service("v1alpha1.DeviceMapperService", {
      registerDevice: unary(withDevice("RegisterDeviceRequest"), withDeviceName("RegisterDeviceResponse")),
      removeDevice: unary(withDeviceName("RemoveDeviceRequest"), empty("RemoveDeviceResponse")),
      updateDevice: unary(withDevice("UpdateDeviceRequest"), empty("UpdateDeviceResponse")),
      createDeviceModel: unary(
        withModel("CreateDeviceModelRequest"),
        message("v1alpha1.CreateDeviceModelResponse", { deviceModelName: one(1, text) }),
      ),
      removeDeviceModel: unary(
        message("v1alpha1.RemoveDeviceModelRequest", { modelName: one(1, text) }),
        empty("RemoveDeviceModelResponse"),
      ),
      updateDeviceModel: unary(withModel("UpdateDeviceModelRequest"), empty("UpdateDeviceModelResponse")),
      updateDeviceStatus: unary(
        message("v1alpha1.UpdateDeviceStatusRequest", { deviceName: one(1, text), desiredDevice: maybe(2, deviceStatus) }),
        empty("UpdateDeviceStatusResponse"),
      ),
      getDevice: unary(withDeviceName("GetDeviceRequest"), withDevice("GetDeviceResponse")),
    });
    export const deviceModel: Message<WireModelV1alpha1Draft, WireModelV1alpha1>;
    export const deviceModelSpec = message("v1alpha1.DeviceModelSpec", {
      properties: many(1, deviceProperty),
      commands: many(2, deviceCommand),
      protocol: one(3, text),
    });
    export const deviceProperty = message("v1alpha1.DeviceProperty", {
      name: one(1, text),
      description: one(2, text),
      type: maybe(3, propertyType),
    });
    export const devicePropertyVisitor = message("v1alpha1.DevicePropertyVisitor", {
      propertyName: one(1, text),
      reportCycle: one(2, whole),
      collectCycle: one(3, whole),
      customizedValues: maybe(4, customizedValue),
      opcua: maybe(5, message("v1alpha1.VisitorConfigOPCUA", { nodeID: one(1, text), browseName: one(2, text) })),
      modbus: maybe(
        6,
        message("v1alpha1.VisitorConfigModbus", {
          register: one(1, text),
          offset: one(2, whole),
          limit: one(3, whole),
          scale: one(4, double),
          isSwap: one(5, bool),
          isRegisterSwap: one(6, bool),
        }),
      ),
      bluetooth: maybe(7, visitorConfigBluetooth),
      customizedProtocol: maybe(8, customized("v1alpha1.VisitorConfigCustomized")),
    });
    export const deviceSpec = message("v1alpha1.DeviceSpec", {
      deviceModelReference: one(1, text),
      protocol: maybe(2, protocolConfig),
      propertyVisitors: many(3, devicePropertyVisitor),
    });
    export const deviceStatus: Message<WireStatusV1alpha1Draft, WireStatusV1alpha1>;
    export const propertyType = message("v1alpha1.PropertyType", {
      int: maybe(
        1,
        message("v1alpha1.PropertyTypeInt64", {
          ...access,
          defaultValue: one(2, int64),
          minimum: one(3, int64),
          maximum: one(4, int64),
          unit: one(5, text),
        }),
      ),
      string: maybe(2, message("v1alpha1.PropertyTypeString", { ...access, defaultValue: one(2, text) })),
      double: maybe(
        3,
        message("v1alpha1.PropertyTypeDouble", {
          ...access,
          defaultValue: one(2, double),
          minimum: one(3, double),
          maximum: one(4, double),
          unit: one(5, text),
        }),
      ),
      float: maybe(
        4,
        message("v1alpha1.PropertyTypeFloat", {
          ...access,
          defaultValue: one(2, float),
          minimum: one(3, float),
          maximum: one(4, float),
          unit: one(5, text),
        }),
      ),
      boolean: maybe(5, message("v1alpha1.PropertyTypeBoolean", { ...access, defaultValue: one(2, bool) })),
      bytes: maybe(6, message("v1alpha1.PropertyTypeBytes", access)),
    });
    export const protocolConfig = message("v1alpha1.ProtocolConfig", {
      opcua: maybe(
        1,
        message("v1alpha1.ProtocolConfigOpcUA", {
          url: one(1, text),
          userName: one(2, text),
          password: one(3, text),
          securityPolicy: one(4, text),
          securityMode: one(5, text),
          certificate: one(6, text),
          privateKey: one(7, text),
          timeout: one(8, whole),
        }),
      ),
      modbus: maybe(2, message("v1alpha1.ProtocolConfigModbus", { slaveID: one(1, whole) })),
      bluetooth: maybe(3, message("v1alpha1.ProtocolConfigBluetooth", { macAddress: one(1, text) })),
      common: maybe(4, protocolConfigCommon),
      customizedProtocol: maybe(5, customized("v1alpha1.ProtocolConfigCustomized")),
    });
    export const protocolConfigCommon = message("v1alpha1.ProtocolConfigCommon", {
      com: maybe(
        1,
        message("v1alpha1.ProtocolConfigCOM", {
          serialPort: one(1, text),
          baudRate: one(2, whole),
          dataBits: one(3, whole),
          parity: one(4, text),
          stopBits: one(5, whole),
        }),
      ),
      tcp: maybe(2, message("v1alpha1.ProtocolConfigTCP", { ip: one(1, text), port: one(2, whole) })),
      commType: one(3, text),
      reconnTimeout: one(4, whole),
      reconnRetryTimes: one(5, whole),
      collectTimeout: one(6, whole),
      collectRetryTimes: one(7, whole),
      collectType: one(8, text),
      customizedValues: maybe(9, customizedValue),
    });
    export const twin = message("v1alpha1.Twin", {
      propertyName: one(1, text),
      desired: maybe(2, twinProperty),
      reported: maybe(3, twinProperty),
    });
    export const visitorConfigBluetooth = message("v1alpha1.VisitorConfigBluetooth", {
      characteristicUUID: one(1, text),
      dataWrite: map(2, bytes),
      dataConverter: maybe(
        3,
        message("v1alpha1.BluetoothReadConverter", {
          startIndex: one(1, whole),
          endIndex: one(2, whole),
          shiftLeft: one(3, uint64),
          shiftRight: one(4, uint64),
          orderOfOperations: many(
            5,
            message("v1alpha1.BluetoothOperations", { operationType: one(1, text), operationValue: one(2, double) }),
          ),
        }),
      ),
    });
  }
  export namespace v1beta1 {
    export type MapperInfo = MessageOf<typeof mapperInfo>;
    export interface WireDevice extends Decoded<typeof deviceFields> {
    }
    export interface WireDeviceDraft extends Drafted<typeof deviceFields> {
    }
    export interface WireModel extends Decoded<typeof deviceModelFields> {
    }
    export interface WireModelDraft extends Drafted<typeof deviceModelFields> {
    }
    export interface WireStatus extends Decoded<typeof deviceStatusFields> {
    }
    export interface WireStatusDraft extends Drafted<typeof deviceStatusFields> {
    }
    export const anomalyDetection = message("v1beta1.AnomalyDetection", { data: map(1, anyValue) });
    export const customizedValue = message("v1beta1.CustomizedValue", { data: map(1, anyValue) });
    export const dbMethod = message("v1beta1.DBMethod", {
      influxdb2: maybe(1, influxdb2),
      redis: maybe(2, redis),
      tdengine: maybe(3, tdEngine),
      mysql: maybe(4, mySql),
    });
    export const device: Message<WireDeviceDraft, WireDevice>;
    export const deviceCommand = message("v1beta1.DeviceCommand", {
      name: one(1, text),
      url: one(2, text),
      method: one(3, text),
      statusCode: many(4, text),
      parameters: many(5, text),
      response: one(6, bytes),
    });
    export const deviceManager = service("v1beta1.DeviceManagerService", {
      mapperRegister: unary(mapperRegisterRequest, mapperRegisterResponse),
      reportDeviceStatus: unary(reportDeviceStatusRequest, empty("ReportDeviceStatusResponse")),
      reportDeviceStates: unary(reportDeviceStatesRequest, empty("ReportDeviceStatesResponse")),
    });
    export const deviceMapper = service("v1beta1.DeviceMapperService", {
      registerDevice: unary(withDevice("RegisterDeviceRequest"), withDeviceName("RegisterDeviceResponse")),
      removeDevice: unary(withDeviceName("RemoveDeviceRequest"), empty("RemoveDeviceResponse")),
      updateDevice: unary(withDevice("UpdateDeviceRequest"), empty("UpdateDeviceResponse")),
      createDeviceModel: unary(
        withModel("CreateDeviceModelRequest"),
        message("v1beta1.CreateDeviceModelResponse", { deviceModelName: one(1, text), deviceModelNamespace: one(2, text) }),
      ),
      removeDeviceModel: unary(
        message("v1beta1.RemoveDeviceModelRequest", { modelName: one(1, text), modelNamespace: one(2, text) }),
        empty("RemoveDeviceModelResponse"),
      ),
      updateDeviceModel: unary(withModel("UpdateDeviceModelRequest"), empty("UpdateDeviceModelResponse")),
      getDevice: unary(withDeviceName("GetDeviceRequest"), withDevice("GetDeviceResponse")),
    });
    export const deviceMethod = message("v1beta1.DeviceMethod", {
      name: one(1, text),
      description: one(2, text),
      propertyNames: many(3, text),
    });
    export const deviceModel: Message<WireModelDraft, WireModel>;
    export const deviceModelSpec = message("v1beta1.DeviceModelSpec", {
      properties: many(1, modelProperty),
      commands: many(2, deviceCommand),
    });
    export const deviceProperty = message("v1beta1.DeviceProperty", {
      name: one(1, text),
      desired: maybe(2, twinProperty),
      visitors: maybe(3, visitorConfig),
      reportCycle: one(4, whole),
      collectCycle: one(5, whole),
      reportToCloud: one(6, bool),
      pushMethod: maybe(7, pushMethod),
    });
    export const deviceSpec = message("v1beta1.DeviceSpec", {
      deviceModelReference: one(1, text),
      protocol: maybe(2, protocolConfig),
      properties: many(3, deviceProperty),
      methods: many(4, deviceMethod),
    });
    export const deviceStatus: Message<WireStatusDraft, WireStatus>;
    export const influxdb2 = message("v1beta1.DBMethodInfluxdb2", {
      influxdb2ClientConfig: maybe(
        1,
        message("v1beta1.Influxdb2ClientConfig", { url: one(1, text), org: one(2, text), bucket: one(3, text) }),
      ),
      influxdb2DataConfig: maybe(
        2,
        message("v1beta1.Influxdb2DataConfig", { measurement: one(1, text), tag: map(2, text), fieldKey: one(3, text) }),
      ),
    });
    export const mapperInfo = message("v1beta1.MapperInfo", {
      name: one(1, text),
      version: one(2, text),
      apiVersion: one(3, text),
      protocol: one(4, text),
      address: one(5, bytes),
      state: one(6, text),
    });
    export const mapperRegisterRequest = message("v1beta1.MapperRegisterRequest", {
      withData: one(1, bool),
      mapper: maybe(2, mapperInfo),
    });
    export const mapperRegisterResponse = message("v1beta1.MapperRegisterResponse", {
      modelList: many(1, deviceModel),
      deviceList: many(2, device),
    });
    export const modelProperty = message("v1beta1.ModelProperty", {
      name: one(1, text),
      description: one(2, text),
      type: one(3, text),
      accessMode: one(4, text),
      minimum: one(5, text),
      maximum: one(6, text),
      unit: one(7, text),
    });
    export const mySql = message("v1beta1.DBMethodMySQL", {
      mysqlClientConfig: maybe(
        1,
        message("v1beta1.MySQLClientConfig", { addr: one(1, text), database: one(2, text), userName: one(3, text) }),
      ),
    });
    export const protocolConfig = configOf("v1beta1.ProtocolConfig");
    export const pushMethod = message("v1beta1.PushMethod", {
      http: maybe(1, pushMethodHttp),
      mqtt: maybe(2, pushMethodMqtt),
      dbMethod: maybe(3, dbMethod),
      otel: maybe(4, pushMethodOtel),
      anomalyDetection: maybe(5, anomalyDetection),
    });
    export const pushMethodHttp = message("v1beta1.PushMethodHTTP", {
      hostname: one(1, text),
      port: one(2, whole),
      requestpath: one(3, text),
      timeout: one(4, whole),
    });
    export const pushMethodMqtt = message("v1beta1.PushMethodMQTT", {
      address: one(1, text),
      topic: one(2, text),
      qos: one(3, int32),
      retained: one(4, bool),
    });
    export const pushMethodOtel = message("v1beta1.PushMethodOTEL", { endpointUrl: one(1, text) });
    export const redis = message("v1beta1.DBMethodRedis", {
      redisClientConfig: maybe(
        1,
        message("v1beta1.RedisClientConfig", {
          addr: one(1, text),
          db: one(2, int32),
          poolsize: one(3, int32),
          minIdleConns: one(4, int32),
        }),
      ),
    });
    export const reportDeviceStatesRequest = message("v1beta1.ReportDeviceStatesRequest", {
      deviceName: one(1, text),
      deviceNamespace: one(2, text),
      state: one(3, text),
    });
    export const reportDeviceStatusRequest = message("v1beta1.ReportDeviceStatusRequest", {
      deviceName: one(1, text),
      reportedDevice: maybe(2, deviceStatus),
      deviceNamespace: one(3, text),
    });
    export const tdEngine = message("v1beta1.DBMethodTDEngine", {
      tdEngineClientConfig: maybe(1, message("v1beta1.TDEngineClientConfig", { addr: one(1, text), dbname: one(2, text) })),
    });
    export const twin = message("v1beta1.Twin", {
      propertyName: one(1, text),
      observedDesired: maybe(2, twinProperty),
      reported: maybe(3, twinProperty),
    });
    export const twinProperty = message("v1beta1.TwinProperty", { value: one(1, text), metadata: map(2, text) });
    export const visitorConfig = configOf("v1beta1.VisitorConfig");
  }
  export function valueFromWire(value: WireValue | undefined): Value;
  export function valueToWire(value: Value): DraftOf<typeof twinValue>;
  // Mentioned above, exported by no entry:
  type AnyHandler = (request: never, call: ServedCall) => unknown;
  type Decoded<F extends Fields> = {
    readonly [K in keyof F]: F[K] extends Field<never, infer Out> ? Out : never;
  };
  type Drafted<F extends Fields> = {
    readonly [K in keyof F]?: (F[K] extends Field<infer In, unknown> ? In : never) | undefined;
  };
  interface Field<In, Out = In> {
    readonly number: number;
    readonly wireType: WireType;
    readonly initial: () => Out;
    read(reader: Reader, before: Out): Out;
    write(writer: Writer, value: In): void;
  }
  type Fields = Readonly<Record<string, Field<never, unknown>>>;
  interface Procedure<In = never, Request = unknown, Draft = never, Response = unknown> {
    readonly request: Message<In, Request>;
    readonly response: Message<Draft, Response>;
    readonly streams: boolean;
  }
  const description = message("edgetwin.v1.Description", {
    name: one(1, text),
    version: one(2, text),
    pid: one(3, whole),
    parts: many(4, partFacts),
    board: one(5, text),
  });
  const deviceFields = {
    name: one(1, text),
    spec: maybe(2, deviceSpec),
    status: maybe(3, deviceStatus),
  };
  const deviceFields = {
    name: one(1, text),
    spec: maybe(2, deviceSpec),
    status: maybe(3, deviceStatus),
    namespace: one(4, text),
  };
  const deviceModelFields = { name: one(1, text), spec: maybe(2, deviceModelSpec) };
  const deviceModelFields = {
    name: one(1, text),
    spec: maybe(2, deviceModelSpec),
    namespace: one(3, text),
  };
  const deviceStatusFields: {
    twins: Field<readonly Drafted<{
      readonly propertyName: Field<string, string>;
      readonly desired: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
      readonly reported: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
    }>[], readonly Decoded<{
      readonly propertyName: Field<string, string>;
      readonly desired: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
      readonly reported: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
    }>[]>;
    state: Field<string, string>;
  };
  const deviceStatusFields: {
    twins: Field<readonly Drafted<{
      readonly propertyName: Field<string, string>;
      readonly observedDesired: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
      readonly reported: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
    }>[], readonly Decoded<{
      readonly propertyName: Field<string, string>;
      readonly observedDesired: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
      readonly reported: Field<Drafted<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }>, Decoded<{
        readonly value: Field<string, string>;
        readonly metadata: Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>>;
      }> | undefined>;
    }>[]>;
    reportToCloud: Field<boolean, boolean>;
    reportCycle: Field<number, number>;
  };
  const finding = message("edgetwin.v1.Finding", {
    name: one(1, text),
    description: one(2, text),
    confidence: maybe(3, double),
    connection: maybe(4, configValue),
    visitors: maybe(5, configValue),
    model: maybe(6, modelFacts),
    facts: maybe(7, configValue),
    known: maybe(8, text),
  });
  const modelFacts = message("edgetwin.v1.Model", {
    name: one(1, text),
    properties: many(2, propertyFacts),
    safety: maybe(3, configValue),
  });
  const openRequest = message("edgetwin.v1.OpenRequest", {
    ...configured,
    session: one(6, text),
    name: one(7, text),
    initial: map(8, twinValue),
  });
  const opened = message("edgetwin.v1.Opened", {
    bus: maybe(1, text),
    model: maybe(2, modelFacts),
    watched: many(3, text),
    methods: many(4, methodFacts),
  });
  const partFacts = message("edgetwin.v1.Part", {
    id: one(1, text),
    kind: one(2, text),
    protocol: one(3, text),
    model: maybe(4, modelFacts),
    completes: one(5, bool),
    discoverer: maybe(6, discovererFacts),
    methods: many(7, methodFacts),
  });
  const twinValue = message("edgetwin.v1.Value", {
    int64: maybe(1, int64),
    double: maybe(2, double),
    text: maybe(3, text),
    bool: maybe(4, bool),
    bytes: maybe(5, bytes),
  });
}

declare module "@edgetwin/mapper-sdk/protobuf" {
  export class Reader {
    constructor(bytes: Uint8Array, depth?: number);
    get done(): boolean;
    tag(): {
      readonly number: number;
      readonly wireType: WireType;
    };
    varint64(): bigint;
    double(): number;
    float(): number;
    bytes(): Uint8Array;
    text(): string;
    nested<T>(read: (reader: Reader) => T): T;
    skip(number: number, wireType: WireType): void;
  }
  export type WireType = (typeof wireTypes)[keyof typeof wireTypes];
  export class Writer {
    finish(): Buffer;
    tag(number: number, wireType: WireType): void;
    varint(value: number): void;
    varint64(value: bigint): void;
    double(value: number): void;
    float(value: number): void;
    delimited(bytes: Uint8Array): void;
    text(text: string): void;
  }
  export const wireTypes: {
    readonly varint: 0;
    readonly fixed64: 1;
    readonly lengthDelimited: 2;
    readonly startGroup: 3;
    readonly endGroup: 4;
    readonly fixed32: 5;
  };
}

declare module "@edgetwin/mapper-sdk/sinks" {
  export interface OpenSinkContext<T> {
    readonly target: T;
    readonly credential: SinkCredential | undefined;
    readonly scope: Scope;
    readonly signal: AbortSignal;
    readonly clock: Clock;
    readonly log: Log;
  }
  export interface Sink {
    readonly kind: "sink";
    readonly name: string;
    check(raw: unknown, where: string): SinkTarget;
    open(config: unknown, environment: SinkEnvironment): Promise<SinkSession>;
  }
  export interface SinkCredential {
    readonly username?: string;
    readonly secret?: string;
  }
  export interface SinkDefinition<S extends Schema, T> {
    readonly name: string;
    readonly config: S;
    readonly target: (config: Output<S>) => T;
    readonly address: (target: T) => string;
    readonly batch?: (target: T) => number;
    readonly open: (context: OpenSinkContext<T>) => Awaitable<SinkDriver<Output<S>>>;
  }
  export interface SinkDriver<C> {
    send(points: readonly SinkPoint<C>[], options: {
      readonly signal: AbortSignal;
    }): Awaitable<void>;
  }
  export interface SinkEnvironment {
    readonly clock: Clock;
    readonly log?: Log;
    readonly credential?: SinkCredential;
    readonly signal?: AbortSignal;
  }
  export interface SinkPoint<C = unknown> {
    readonly device: string;
    readonly property: string;
    readonly type: PropertyType;
    readonly value: Value;
    readonly at: number;
    readonly quality: "good" | "stale" | "bad";
    readonly unit?: string;
    readonly config: C;
  }
  export interface SinkSession extends AsyncDisposable {
    send(points: readonly SinkPoint[], options?: {
      readonly signal?: AbortSignal;
    }): Promise<void>;
  }
  export interface SinkTarget<C = unknown> {
    readonly config: C;
    readonly key: string;
    readonly address: string;
    readonly batch: number;
  }
  export function defineSink<S extends Schema, T>(definition: SinkDefinition<S, T>): Sink;
  export function sinkErrorOf(cause: unknown): MapperError;
}

declare module "@edgetwin/mapper-sdk/simulation" {
  export type AnswerLine = (line: string) => string | undefined;
  export type Disturbance = (bytes: Uint8Array, towards: "device" | "port") => Uint8Array;
  export interface EmulatorContext<Connection = unknown> {
    readonly board: SimBoard;
    readonly clock: Clock;
    readonly connection: Connection;
  }
  export class Faults {
    readonly trace: string[];
    readonly misuse: string[];
    get count(): number;
    failAt(nth: number): void;
    breakAll(matching: RegExp): void;
    mend(): void;
    stall(): void;
    stallAt(nth: number): void;
    resume(): void;
    step(operation: string): Promise<void>;
    enter(operation: string): Promise<void> | undefined;
    note(operation: string): void;
  }
  export type I2cBusFault = Extract<HalErrorKind, "arbitration" | "bus-stuck" | "timeout">;
  export interface I2cChip {
    write(bytes: Uint8Array): void;
    read(length: number): Uint8Array;
    stop?(): void;
  }
  export interface LineServer extends AsyncDisposable {
    readonly address: LineAddress;
  }
  export type PinResolver = (pin: string | number) => string;
  export interface SerialEmulator {
    receive(bytes: Uint8Array, wire: SerialWire): void;
    readonly settings?: SerialOptions;
  }
  export interface SerialWire {
    send(bytes: Uint8Array, options?: {
      readonly afterMs?: number;
    }): void;
  }
  export class SimBoard implements Board {
    readonly name: string;
    readonly faults: Faults;
    constructor({ name, pins, header, clock, }?: SimBoardOptions);
    get open(): number;
    held(): readonly string[];
    hold(name: string): Disposable;
    get listeners(): number;
    line(pin: string | number): SimLine;
    i2cBus(bus: number | string): SimI2cBus;
    serialPort(path: string, info?: Omit<SerialPortInfo, "path">): SimSerialPort;
    lines(): readonly SimLine[];
    readonly gpio: Gpio;
    readonly pwm: Pwm;
    readonly i2c: I2c;
    readonly serial: Serial;
    [Symbol.asyncDispose](): Promise<void>;
  }
  export interface SimBoardOptions {
    readonly name?: string;
    readonly pins?: PinResolver;
    readonly header?: readonly GpioLine[];
    readonly clock?: Clock;
  }
  export class SimI2cBus {
    readonly name: string;
    present: boolean;
    fault: I2cBusFault | undefined;
    constructor(name: string, faults: Faults);
    get users(): readonly string[];
    attach(address: number, chip: I2cChip, width?: {
      readonly tenBit?: boolean;
    }): () => void;
    open({ consumer }?: I2cOpenOptions): Promise<I2cBus>;
  }
  export class SimLine {
    readonly name: string;
    holder: string | undefined;
    direction: "in" | "out" | undefined;
    duty: number;
    constructor(name: string, faults: Faults, clock: Clock);
    get high(): boolean;
    get listeners(): number;
    drive(high: boolean): void;
    onChange(listener: (high: boolean) => void): () => void;
    onDuty(listener: (duty: number) => void): () => void;
    openOutput({ activeLow, initial, consumer }: OutputOptions): Promise<OutputLine>;
    openInput({ activeLow, pull, edge, debounceMs, consumer, }: InputOptions): Promise<InputLine>;
    openPwm({ activeLow, initialDuty, consumer }: PwmOptions): Promise<PwmOutput>;
  }
  export class SimSerialPort {
    readonly path: string;
    readonly info: Omit<SerialPortInfo, "path">;
    holder: string | undefined;
    settings: SerialOptions | undefined;
    latencyMs: number;
    disturbance: Disturbance | undefined;
    constructor(path: string, { faults, clock, info }: SimSerialParts);
    get present(): boolean;
    get listeners(): number;
    attach(emulator: SerialEmulator): () => void;
    unplug(): void;
    plug(): void;
    send(bytes: Uint8Array): void;
    open(options: SerialOptions): Promise<SerialPort>;
  }
  export type StartEmulator<Connection = unknown> = (context: EmulatorContext<Connection>) => AsyncDisposable | Disposable | PromiseLike<AsyncDisposable | Disposable>;
  export const gpioNumbers: PinResolver;
  export const nack: (phase: NackPhase, why: string) => HalError;
  export function repeat(clock: Clock, everyMs: number, action: () => void): Disposable;
  export const serialFaults: {
    readonly dead: () => Disturbance;
    readonly truncated: (length: number) => Disturbance;
    readonly corrupted: (index?: number) => Disturbance;
  };
  export function serveLines({ host, port }: LineAddress, answer: AnswerLine, ...owned: readonly Disposable[]): Promise<LineServer>;
  export function simulatedLines(device: () => AnswerLine): ConnectLines;
  // Mentioned above, exported by no entry:
  interface SimSerialParts {
    readonly faults: Faults;
    readonly clock: Clock;
    readonly info?: Omit<SerialPortInfo, "path">;
  }
}

declare module "@edgetwin/mapper-sdk/testing" {
  export { AnswerLine, Disturbance, EmulatorContext, Faults, I2cBusFault, I2cChip, LineServer, PinResolver, SerialEmulator, SerialWire, SimBoard, SimBoardOptions, SimI2cBus, SimLine, SimSerialPort, StartEmulator, gpioNumbers, nack, repeat, serialFaults, serveLines, simulatedLines } from "@edgetwin/mapper-sdk/simulation";
  export interface ArrivedPoint {
    readonly device: string;
    readonly property: string;
    readonly at: number;
    readonly value: string;
  }
  export interface ContractFixture<M extends Model = Model, T extends Methods = Methods> {
    readonly board: (clock: ManualClock) => Awaitable<SimBoard>;
    readonly config: DeviceConfig;
    readonly constants?: Readonly<Record<string, Value>>;
    readonly badConfigs: readonly DeviceConfig[];
    readonly writes: {
      readonly [K in WritableNames<M>]: readonly Values<M>[K][];
    };
    readonly pushes?: {
      readonly [K in Names<M>]?: readonly Push<Values<M>[K]>[];
    };
    readonly methods?: {
      readonly [K in keyof T]: MethodCase<MethodInput<T[K]>>;
    };
    readonly credential?: CredentialSource;
    readonly cleanup?: RegExp;
    readonly patienceMs?: number;
    readonly settle?: () => Promise<void>;
    readonly clock?: () => ManualClock;
  }
  export interface ContractPromise {
    readonly name: string;
    readonly run: () => Promise<void>;
  }
  export class ManualClock implements Clock {
    constructor(now?: number);
    now(): number;
    monotonic(): number;
    after(delayMs: number, action: () => void): Timer;
    get timers(): number;
    get nextDueMs(): number | undefined;
    advance(ms: number): Promise<void>;
    runUntil<T>(outcome: PromiseLike<T>, { signal }?: {
      readonly signal?: AbortSignal;
    }): Promise<T>;
    jump(ms: number): void;
  }
  export interface MethodCase<In> {
    readonly input?: In;
    readonly badInputs?: readonly unknown[];
  }
  export interface Push<T> {
    readonly change: (board: SimBoard) => Awaitable<void>;
    readonly value: T;
  }
  export interface ReplayBoard extends Board {
    readonly mismatches: readonly HalError[];
    readonly left: readonly number[];
    assertFinished(): void;
  }
  export interface SinkFixture {
    readonly peer: () => Awaitable<SinkPeer>;
    readonly badConfigs: readonly unknown[];
    readonly refusable?: boolean;
    readonly patienceMs?: number;
  }
  export interface SinkPeer extends AsyncDisposable {
    readonly config: Readonly<Record<string, unknown>>;
    readonly credential?: SinkCredential;
    arrived(): Awaitable<readonly ArrivedPoint[]>;
    connections(): number;
    stall(): void;
    down(): Awaitable<void>;
    up(): Awaitable<void>;
    refuseNext?(): void;
  }
  export function loadCapture(file: string | URL): Promise<Capture>;
  export function mapperContract<M extends Model, T extends Methods = Methods>(mapper: Mapper<M, T>, fixture: ContractFixture<M, T>): readonly ContractPromise[];
  export function parseCapture(text: string, name?: string): Capture;
  export function replayBoard(capture: Capture, { clock }?: {
    readonly clock?: Clock;
  }): ReplayBoard;
  export function settle(): Promise<void>;
  export function sinkContract(sink: Sink, fixture: SinkFixture): readonly ContractPromise[];
  export function testMapperContract<M extends Model, T extends Methods = Methods>(mapper: Mapper<M, T>, fixture: ContractFixture<M, T>): void;
  export function testSinkContract(sink: Sink, fixture: SinkFixture): void;
  // Mentioned above, exported by no entry:
  interface SimSerialParts {
    readonly faults: Faults;
    readonly clock: Clock;
    readonly info?: Omit<SerialPortInfo, "path">;
  }
}
