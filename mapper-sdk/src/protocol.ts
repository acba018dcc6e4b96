import type { Claim } from "./claim.ts";
import { type DiscoverDefinition, type Discoverer, discovererOf } from "./discover.ts";
import { MapperError } from "./errors.ts";
import type {
  Awaitable,
  CallContext,
  CheckedSettings,
  DeviceConfig,
  ManyContext,
  Mapper,
  OpenContext,
} from "./mapper.ts";
import { methodFacts } from "./method-calls.ts";
import { type DeclareMethod, declareMethod, type Methods, type NoMethods } from "./methods.ts";
import type { Model, Names, Property } from "./model.ts";
import { openDevice } from "./open-device.ts";
import type { Input, Output, Schema } from "./schema.ts";
import type { Value } from "./value.ts";

/** What a handler of a protocol gets: the visitor says where, the property says what. */
export interface ProtocolCall<S, V> extends CallContext<S, V> {
  readonly name: string;
  readonly property: Property;
}

/** One of the properties that `readMany` of a protocol is asked for. */
export type ProtocolWanted<V> = Pick<ProtocolCall<unknown, V>, "name" | "property" | "visitor">;

/** What `open` of a protocol gets. */
export interface ProtocolOpenContext<C, V> extends OpenContext<C, Readonly<Record<string, V>>> {
  readonly model: Model;
}

/** What the author of a protocol declares; see {@link defineProtocol}. */
export interface ProtocolDefinition<
  V extends Schema,
  S,
  C extends Schema,
  T extends Methods = NoMethods,
  D extends Schema = Schema<undefined>,
> {
  readonly protocol: string;
  readonly connection?: C;
  readonly visitor: V;
  bus?(connection: Output<C>): string;
  /** What a device has for itself on its node, so that a second owner is noticed before anything is opened. */
  claims?(config: CheckedSettings<Output<C>, Readonly<Record<string, Output<V>>>>): readonly Claim[];
  /**
   * The property as this visitor narrows it, e.g. `ON`/`OFF` only. Throw `CONFIG_INVALID` when property and visitor
   * do not fit each other.
   */
  narrow?(property: Property, visitor: Output<V>, name: string): Property;
  open(context: ProtocolOpenContext<Output<C>, Output<V>>): Awaitable<S>;
  read(context: ProtocolCall<S, Output<V>>): Awaitable<unknown>;
  /**
   * Reads several properties of a device in fewer requests than one for each, e.g. adjacent registers. Returns by name a
   * value or the Error that kept it; what is left out is read by itself, and what this throws is the failure of all.
   */
  readMany?(context: ManyContext<S, ProtocolWanted<Output<V>>>): Awaitable<Readonly<Record<string, unknown>>>;
  write?(context: ProtocolCall<S, Output<V>>, value: unknown): Awaitable<void>;
  /** The pushed values of a property, an Error in place of a bad one; undefined when it has to be polled. */
  watch?(context: ProtocolCall<S, Output<V>>): AsyncIterable<unknown> | undefined;
  /** What every device of this protocol does on demand, whatever its model; see `defineMapper`. */
  methods?(method: DeclareMethod<S, Readonly<Record<string, Output<V>>>>): T;
  /** Looks for devices and proposes what they are and how to reach them. */
  readonly discover?: DiscoverDefinition<D>;
}

/** Visitors as data, or computed from the constants of the model that a manifest brings. */
export type BoundVisitors<M extends Model, V> =
  | { readonly [K in Names<M>]: V }
  | ((constants: Readonly<Record<string, Value>>) => { readonly [K in Names<M>]: V });

/** Serves any model, driven only by the visitor of each property. */
export interface Protocol<V = unknown, T extends Methods = Methods> {
  readonly kind: "protocol";
  readonly protocol: string;
  /** Looks for devices; missing when it cannot. */
  readonly discover?: Discoverer;
  /** A mapper for one model whose visitors are known, e.g. a meter's register map; a manifest may override single ones. */
  bind<M extends Model>(model: M, visitors: BoundVisitors<M, V>): Mapper<M, T>;
  /**
   * The mapper for a model known only at run time, with visitors taken from the device's configuration. A property
   * with a `constant` needs no visitor: reading it returns the constant.
   * @throws MapperError `CONFIG_INVALID` when the model has writable properties and the protocol only reads.
   */
  serve<M extends Model>(model: M): Mapper<M, T>;
}

/** Declares a protocol: a mapper factory for any model. */
export function defineProtocol<
  V extends Schema,
  S,
  C extends Schema = Schema<undefined>,
  T extends Methods = NoMethods,
  D extends Schema = Schema<undefined>,
>(definition: ProtocolDefinition<V, S, C, T, D>): Protocol<Input<V>, T> {
  const { protocol } = definition;
  const methods = definition.methods?.(declareMethod) ?? {};
  const facts = definition.methods && { methods: methodFacts(methods) };
  const serve = <M extends Model>(model: M): Mapper<M, T> => {
    const unwritable = Object.keys(model.properties).filter((name) => model.properties[name]?.access === "rw");
    if (!definition.write && unwritable.length > 0) {
      const names = unwritable.map((name) => `${model.name}.${name}`).join(", ");
      throw new MapperError("CONFIG_INVALID", `${protocol} can only read; declare ${names} read-only in the model`);
    }
    return {
      kind: "mapper",
      protocol,
      model,
      ...facts,
      ...openDevice<M, T>({ ...definition, methods, model, handlers: () => definition } as never),
    };
  };
  return {
    kind: "protocol",
    protocol,
    ...(definition.discover && { discover: discovererOf(protocol, definition.discover) }),
    serve,
    bind: (model, visitors) => ({
      ...serve(model),
      defaults: (constants): DeviceConfig => ({
        visitors: typeof visitors === "function" ? visitors(constants) : visitors,
      }),
    }),
  };
}
