import { attempt } from "./attempt.ts";
import { didYouMean } from "./did-you-mean.ts";
import { MapperError } from "./errors.ts";
import { linkSignals } from "./linked-signal.ts";
import { silentLog } from "./log.ts";
import type { Awaitable, CallOptions, Device, DeviceConfig, Environment, Mapper } from "./mapper.ts";
import { type Model, type Property, propertyOf } from "./model.ts";
import { parse, type Schema } from "./schema.ts";
import { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** A mapper or a protocol with its types forgotten; both are opened the same way. */
export interface Driver<M extends Model> {
  readonly protocol: string;
  readonly model: M;
  readonly connection?: Schema;
  readonly visitor: Schema;
  defaults?(constants: Readonly<Record<string, Value>>): DeviceConfig;
  bus?(connection: unknown): string;
  narrow?(property: Property, visitor: unknown, name: string): Property;
  open(context: unknown): Awaitable<unknown>;
  handlers(name: string): AnyHandlers;
}

interface AnyHandlers {
  read(context: unknown): Awaitable<unknown>;
  write?(context: unknown, value: unknown): Awaitable<void>;
  watch?(context: unknown): AsyncIterable<unknown> | undefined;
}

interface Checked<M extends Model> {
  readonly connection: unknown;
  readonly visitors: Readonly<Record<string, unknown>>;
  readonly model: M;
}

/** The two functions every mapper shares: checking a configuration and opening a device with it. */
export function openDevice<M extends Model>(driver: Driver<M>): Pick<Mapper<M>, "modelFor" | "open"> {
  const { protocol, model } = driver;
  for (const [name, { access }] of Object.entries(model.properties)) {
    if (access === "rw" && !driver.handlers(name).write)
      throw new TypeError(`${protocol} cannot write ${model.name}.${name}: it has no write handler`);
  }

  return {
    modelFor: (config) => check(driver, config).model,
    async open(config, environment) {
      const checked = check(driver, config);
      const closing = new AbortController();
      await using scope = new Scope();
      const alive = scope.use(linkSignals(environment.signal, closing.signal)).signal;
      scope.defer(() => closing.abort(new MapperError("DEVICE_ABORTED", `${model.name} is closed`)));
      const { connection, visitors } = checked;
      const context = { ...defaultsOf(environment), connection, visitors, model: checked.model, scope, signal: alive };
      const session = await attempt(() => driver.open(context), alive);
      return opened({ driver, checked, session, alive, owned: scope.move() });
    },
  };
}

const defaultsOf = (environment: Environment): Environment => ({
  log: silentLog,
  name: "",
  initial: {},
  ...environment,
});

function check<M extends Model>(driver: Driver<M>, config: DeviceConfig): Checked<M> {
  const connection = driver.connection && parse(driver.connection, config.connection ?? {}, "connection");
  const visitors = parseVisitors(driver, config.visitors ?? {});
  if (!driver.narrow) return { connection, visitors, model: driver.model };
  const { narrow, model } = driver;
  const properties = Object.fromEntries(
    Object.entries(model.properties).map(([name, property]) => [name, narrow(property, visitors[name], name)]),
  );
  return { connection, visitors, model: { ...model, properties } };
}

function parseVisitors(driver: Driver<Model>, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(driver.model.properties);
  const lines = Object.keys(raw)
    .filter((name) => !names.includes(name))
    .map((name) => `visitors.${name}: ${driver.model.name} has no such property${didYouMean(name, names)}`);
  const visitors: Record<string, unknown> = {};
  for (const name of names) {
    try {
      visitors[name] = parse(driver.visitor, raw[name] ?? {}, `visitors.${name}`);
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      lines.push(error.message);
    }
  }
  if (lines.length > 0) throw new MapperError("CONFIG_INVALID", lines.join("\n"));
  return visitors;
}

interface Opened<M extends Model> {
  readonly driver: Driver<M>;
  readonly checked: Checked<M>;
  readonly session: unknown;
  readonly alive: AbortSignal;
  readonly owned: Scope;
}

function opened<M extends Model>({ driver, checked, session, alive, owned }: Opened<M>): Device<M> {
  const { model, visitors, connection } = checked;
  const contextOf = (name: string, signal: AbortSignal) => ({
    session,
    visitor: visitors[name],
    name,
    property: model.properties[name],
    signal,
  });
  const methods = {
    async read(name: string, options?: CallOptions) {
      const { accept } = propertyOf(model, name);
      using link = linkSignals(options?.signal, alive);
      return accept(await attempt(() => driver.handlers(name).read(contextOf(name, link.signal)), link.signal));
    },
    async write(name: string, value: unknown, options?: CallOptions) {
      const { access, accept } = propertyOf(model, name);
      if (access === "r") throw new MapperError("VALUE_INVALID", `${model.name}.${name} is read-only`);
      const accepted = accept(value);
      using link = linkSignals(options?.signal, alive);
      await attempt(() => driver.handlers(name).write?.(contextOf(name, link.signal), accepted), link.signal);
    },
    watch(name: string, options?: CallOptions) {
      const { accept } = propertyOf(model, name);
      const link = linkSignals(options?.signal, alive);
      const pushed = driver.handlers(name).watch?.(contextOf(name, link.signal));
      if (pushed) return checkedValues(pushed, accept, link);
      link[Symbol.dispose]();
      return undefined;
    },
  };
  return {
    ...(methods as Pick<Device<M>, "read" | "write" | "watch">),
    model,
    ...(driver.bus && { bus: `${driver.protocol}:${driver.bus(connection)}` }),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** What a device pushes, checked like what it is asked for; ends quietly when its signal aborts. */
async function* checkedValues(
  pushed: AsyncIterable<unknown>,
  accept: (value: unknown) => unknown,
  link: { readonly signal: AbortSignal } & Disposable,
) {
  using _ = link;
  const values = pushed[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await attempt(() => values.next(), link.signal);
      if (next.done) return;
      yield accept(next.value);
    }
  } catch (error) {
    if (!link.signal.aborted) throw error;
  } finally {
    await values.return?.();
  }
}
