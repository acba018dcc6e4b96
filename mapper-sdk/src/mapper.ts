import type { Claim } from "./claim.ts";
import type { Clock } from "./clock.ts";
import type { CredentialSource } from "./credential.ts";
import { type DiscoverDefinition, type Discoverer, discovererOf } from "./discover.ts";
import type { AnyHandlers } from "./driver.ts";
import type { MapperError } from "./errors.ts";
import type { Board } from "./hal.ts";
import type { Log } from "./log.ts";
import { methodFacts } from "./method-calls.ts";
import {
  type DeclareMethod,
  declareMethod,
  type MethodFacts,
  type MethodInput,
  type MethodOutput,
  type Methods,
  type NoMethods,
} from "./methods.ts";
import type { Model, Names, Property, ValueOf, Values, WritableNames } from "./model.ts";
import { openDevice } from "./open-device.ts";
import type { Input, Output, Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** A value, or a promise of it: handlers may be synchronous. */
export type Awaitable<T> = T | PromiseLike<T>;

/** What a manifest says about reaching a device; untrusted until the mapper's schemas have checked it. */
export interface DeviceConfig {
  /** How to reach the device: `spec.protocol.configData` of the Device. */
  readonly connection?: unknown;
  /** Where each property lives on it, by property name: `spec.properties[].visitors.configData`. */
  readonly visitors?: Readonly<Record<string, unknown>>;
}

/** The world a device is opened in. */
export interface Environment {
  readonly board: Board;
  readonly clock: Clock;
  readonly log?: Log;
  /** The device's name, e.g. `"default/traffic-light-instance-01"`; becomes the consumer of its lines. */
  readonly name?: string;
  /** Gives credentials that a manifest only names; missing where nobody keeps any. */
  readonly credential?: CredentialSource;
  /** Twin values its outputs should show from the first instant on: the last desired ones. */
  readonly initial?: Readonly<Record<string, Value>>;
  /** Aborts when the agent stops. */
  readonly signal?: AbortSignal;
}

/** An opened device. Disposing it releases everything its mapper acquired, in reverse order, once. */
export interface Device<M extends Model = Model, T extends Methods = Methods> extends AsyncDisposable {
  readonly model: M;
  /** Key of the physical bus the device sits on; devices with equal keys are never spoken to at the same time. */
  readonly bus?: string;
  /** Rejects with `DEVICE_IO`, `DEVICE_BUSY` or `DEVICE_ABORTED`; with `VALUE_INVALID` when the mapper reports nonsense. */
  read<K extends Names<M>>(name: K, options?: CallOptions): Promise<Values<M>[K]>;
  /**
   * Reads several properties, merged into fewer requests where the mapper can. A property that fails has an `error` and
   * stops no other. One that was not begun when `signal` aborted, or when `goOn` said false, is absent. Rejects like
   * `read` when `signal` had aborted before, or a name is unknown.
   */
  readMany<K extends Names<M>>(names: readonly K[], options?: ReadManyOptions): Promise<ManyResults<M, K>>;
  /** Resolves when the driver returned. Rejects with `VALUE_INVALID` before any hardware is touched. */
  write<K extends WritableNames<M>>(name: K, value: Values<M>[K], options?: CallOptions): Promise<void>;
  /**
   * The values the device pushes for `name` until `signal` aborts, or undefined when the property must be polled. An
   * error in place of a value says that there is no good one now; others follow.
   */
  watch<K extends Names<M>>(name: K, options?: CallOptions): AsyncIterable<Values<M>[K] | MapperError> | undefined;
  /** What the device does on demand besides reading and writing. */
  readonly methods: readonly MethodFacts[];
  /**
   * Resolves with the method's answer when the device has done it. Rejects like `read`; with `VALUE_INVALID` before any
   * hardware is touched when there is no such method or the input does not fit it.
   */
  call<K extends Extract<keyof T, string>>(name: K, ...input: CallInput<T[K]>): Promise<MethodOutput<T[K]>>;
}

/** Input and options of a call; input that may be left out is optional. */
export type CallInput<T> = [undefined] extends [MethodInput<T>]
  ? [input?: MethodInput<T>, options?: CallOptions]
  : Record<never, never> extends MethodInput<T>
    ? [input?: MethodInput<T>, options?: CallOptions]
    : [input: MethodInput<T>, options?: CallOptions];

/** Options of every call that may wait. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Options of reading several properties. */
export interface ReadManyOptions extends CallOptions {
  /** Asked between readings that are not merged: false leaves the rest for another time, e.g. because a write waits. */
  goOn?(): boolean;
}

/** What became of one of several readings. */
export type ReadResult<T = unknown> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly error: MapperError; readonly value?: undefined };

/** By property name; what was not begun is absent. */
export type ManyResults<M extends Model, K extends Names<M>> = {
  readonly [N in K]?: ReadResult<Values<M>[N]>;
};

/** Opens devices of one model over one protocol. */
export interface Mapper<M extends Model = Model, T extends Methods = Methods> {
  readonly kind: "mapper";
  readonly protocol: string;
  readonly model: M;
  /** What its devices do on demand; missing when that is nothing. */
  readonly methods?: readonly MethodFacts[];
  /** Looks for its devices; missing when it cannot. */
  readonly discover?: Discoverer;
  /** Settings that a manifest may leave out, taken from the constants of its model; the manifest's own win. */
  defaults?(constants: Readonly<Record<string, Value>>): DeviceConfig;
  /**
   * The model as this configuration narrows it, e.g. an output that only knows `ON` and `OFF`.
   * Throws or rejects with `CONFIG_INVALID` when `config` does not fit; touches no hardware. A promise when the mapper
   * runs in another process, which may also be out of reach (`DEVICE_IO`).
   */
  modelFor(config: DeviceConfig): Awaitable<M>;
  /** What a device with this configuration has for itself on its node. Throws `CONFIG_INVALID` like `modelFor`. */
  claims?(config: DeviceConfig): readonly Claim[];
  /** Rejects with `CONFIG_INVALID` before touching the board when `config` does not fit. */
  open(config: DeviceConfig, environment: Environment): Promise<Device<M, T>>;
}

/** Connection and visitors after their schemas accepted them. */
export interface CheckedSettings<C, Visitors> {
  readonly connection: C;
  readonly visitors: Visitors;
}

/** What `open` gets. */
export interface OpenContext<C, Visitors> extends Environment {
  readonly log: Log;
  readonly name: string;
  readonly initial: Readonly<Record<string, Value>>;
  /** Aborts when the device is being closed or the agent stops. */
  readonly signal: AbortSignal;
  readonly connection: C;
  readonly visitors: Visitors;
  /** Owns what `open` acquires: `scope.use(resource)`. Released on close, and when `open` itself fails half way. */
  readonly scope: Scope;
}

/** What a handler gets. `signal` aborts when the caller gives up, the device closes or the agent stops: pass it down. */
export interface CallContext<S, V> {
  readonly session: S;
  readonly visitor: V;
  readonly signal: AbortSignal;
}

/** What `readMany` gets; `W` says where each wanted property lives. */
export interface ManyContext<S, W> {
  readonly session: S;
  readonly wanted: readonly W[];
  readonly signal: AbortSignal;
  /**
   * Ask it between two requests: false means that the bus is wanted for something more urgent; return what is there by
   * then, the rest is asked for again.
   */
  goOn(): boolean;
}

/** `read` always, `write` exactly when the model says the property is writable, `watch` where the device pushes. */
export type Handlers<P extends Property, S, V> = {
  read(context: CallContext<S, V>): Awaitable<ValueOf<P>>;
  /** Yield an Error in place of a value that is bad, e.g. of a sensor in fault; throw when nothing will come any more. */
  watch?(context: CallContext<S, V>): AsyncIterable<ValueOf<P> | Error>;
} & (P extends Property<unknown, "rw">
  ? { write(context: CallContext<S, V>, value: ValueOf<P>): Awaitable<void> }
  : { readonly write?: 'this property is read-only; declare it with access: "rw" in the model' });

/** What a mapper author declares; see {@link defineMapper}. */
export interface MapperDefinition<
  M extends Model,
  V extends Schema,
  S,
  C extends Schema,
  T extends Methods = NoMethods,
  D extends Schema = Schema<undefined>,
> {
  readonly protocol: string;
  readonly model: M;
  readonly connection?: C;
  readonly visitor: V;
  defaults?(constants: Readonly<Record<string, Value>>): {
    readonly connection?: Partial<Input<C>>;
    readonly visitors?: { readonly [K in Names<M>]?: Partial<Input<V>> };
  };
  /** Key of the physical bus, e.g. the path of a serial port. Devices with equal keys share one queue. */
  bus?(connection: Output<C>): string;
  /** What a device has for itself on its node, so that a second owner is noticed before anything is opened. */
  claims?(config: CheckedSettings<Output<C>, { readonly [K in Names<M>]: Output<V> }>): readonly Claim[];
  open(context: OpenContext<Output<C>, { readonly [K in Names<M>]: Output<V> }>): Awaitable<S>;
  readonly properties: { readonly [K in Names<M>]: Handlers<M["properties"][K], S, Output<V>> };
  /**
   * Reads several properties in fewer requests than one for each, e.g. adjacent registers. Returns for each a value or
   * the Error that kept it; what is left out is read by itself, and what this throws is the failure of all.
   */
  readMany?(
    context: ManyContext<S, { readonly name: Names<M>; readonly visitor: Output<V> }>,
  ): Awaitable<{ readonly [K in Names<M>]?: Values<M>[K] | Error }>;
  /** What the device does on demand: `(method) => ({ reset: method({ description, run({ session }) { … } }) })`. */
  methods?(method: DeclareMethod<S, { readonly [K in Names<M>]: Output<V> }>): T;
  /** Looks for devices of this model and proposes how to reach them. */
  readonly discover?: DiscoverDefinition<D>;
}

/**
 * Declares a mapper for one device model, with one typed handler pair per property.
 *
 * @throws TypeError when a property has no handlers, or a writable one no `write` (both are compile errors too).
 */
export function defineMapper<
  M extends Model,
  V extends Schema,
  S,
  C extends Schema = Schema<undefined>,
  T extends Methods = NoMethods,
  D extends Schema = Schema<undefined>,
>(definition: MapperDefinition<M, V, S, C, T, D>): Mapper<M, T> {
  const { protocol, model, properties } = definition;
  const handlers = (name: string) =>
    (Object.hasOwn(properties, name) ? properties[name as Names<M>] : undefined) as AnyHandlers | undefined;
  for (const [name, { access }] of Object.entries(model.properties)) {
    const found = handlers(name);
    if (!found) throw new TypeError(`the ${protocol} mapper has no handlers for ${model.name}.${name}`);
    if (access === "rw" && !found.write)
      throw new TypeError(`${protocol} cannot write ${model.name}.${name}: it has no write handler`);
  }
  const methods = definition.methods?.(declareMethod) ?? {};
  return {
    kind: "mapper",
    protocol,
    model,
    ...(definition.methods && { methods: methodFacts(methods) }),
    ...(definition.discover && { discover: discovererOf(protocol, definition.discover) }),
    ...(definition.defaults && { defaults: (constants) => definition.defaults?.(constants) as DeviceConfig }),
    ...openDevice<M, T>({ ...definition, methods, handlers } as never),
  };
}
