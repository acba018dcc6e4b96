import { attempt, mapperErrorOf } from "./attempt.ts";
import { CallSignals } from "./call-signals.ts";
import { type CheckedConfig, checkConfig } from "./check-config.ts";
import { MapperError } from "./errors.ts";
import { linkSignals } from "./linked-signal.ts";
import { type Log, silentLog } from "./log.ts";
import type { Awaitable, CallOptions, Device, DeviceConfig, Environment, Mapper } from "./mapper.ts";
import { methodCalls, methodFacts } from "./method-calls.ts";
import type { Methods } from "./methods.ts";
import { type Model, type Property, propertyOf } from "./model.ts";
import { pushedValues } from "./pushed-values.ts";
import type { Schema } from "./schema.ts";
import { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** A mapper or a protocol with its types forgotten; both are opened the same way. */
export interface Driver<M extends Model> {
  readonly protocol: string;
  readonly model: M;
  readonly connection?: Schema;
  readonly visitor: Schema;
  readonly methods: Methods;
  bus?(connection: unknown): string;
  narrow?(property: Property, visitor: unknown, name: string): Property;
  open(context: unknown): Awaitable<unknown>;
  handlers(name: string): AnyHandlers | undefined;
}

/** The handlers of one property with their types forgotten. */
export interface AnyHandlers {
  read(context: unknown): Awaitable<unknown>;
  write?(context: unknown, value: unknown): Awaitable<void>;
  watch?(context: unknown): AsyncIterable<unknown> | undefined;
}

/** The two functions every mapper shares: checking a configuration and opening a device with it. */
export function openDevice<M extends Model, T extends Methods>(
  driver: Driver<M>,
): Pick<Mapper<M, T>, "modelFor" | "open"> {
  return {
    modelFor: (config) => checkConfig(driver, config).model,
    open: async (config, environment) => (await open({ driver, config, environment })) as unknown as Device<M, T>,
  };
}

interface Opening<M extends Model> {
  readonly driver: Driver<M>;
  readonly config: DeviceConfig;
  readonly environment: Environment;
}

async function open<M extends Model>({ driver, config, environment }: Opening<M>): Promise<Device<M>> {
  const { connection, visitors, model } = checkConfig(driver, config);
  const { log = silentLog, name = "" } = environment;
  const closing = new AbortController();
  const { signal } = closing;
  const alive = environment.signal ? linkSignals(environment.signal, signal) : { signal, [Symbol.dispose]() {} };
  const onLateFailure = (error: unknown) => log.warn("device.release-failed", { device: name, error });
  const scope = new Scope(onLateFailure);
  // Handlers in flight and background work stop before what they work with is released.
  const close = async (reason: MapperError) => {
    closing.abort(reason);
    try {
      await scope[Symbol.asyncDispose]();
    } finally {
      alive[Symbol.dispose]();
    }
  };

  try {
    const initial = initialFor(model, environment.initial ?? {}, log);
    const context = { ...environment, log, name, initial, connection, visitors, model, scope, signal: alive.signal };
    const session = await attempt(() => driver.open(context), alive.signal);
    const checked = { connection, visitors, model };
    return opened({ driver, checked, session, alive: alive.signal, close, onLateFailure });
  } catch (cause) {
    const error = mapperErrorOf(cause);
    await close(error).catch(onLateFailure);
    throw error;
  }
}

/** Last desired values that still fit; one that a changed model no longer allows must not keep the device closed. */
function initialFor(model: Model, initial: Readonly<Record<string, Value>>, log: Log): Record<string, Value> {
  const fitting = Object.entries(initial).filter(([name, value]) => {
    try {
      propertyOf(model, name).accept(value);
      return true;
    } catch (error) {
      log.warn("device.initial-value-dropped", { model: model.name, property: name, error });
      return false;
    }
  });
  return Object.fromEntries(fitting);
}

interface Opened<M extends Model> {
  readonly driver: Driver<M>;
  readonly checked: CheckedConfig<M>;
  readonly session: unknown;
  readonly alive: AbortSignal;
  readonly close: (reason: MapperError) => Promise<void>;
  readonly onLateFailure: (error: unknown) => void;
}

function opened<M extends Model>({ driver, checked, session, alive, close, onLateFailure }: Opened<M>): Device<M> {
  const { model, visitors, connection } = checked;
  const find = (name: string) => {
    const property = propertyOf(model, name);
    const handlers = Object.hasOwn(visitors, name) ? driver.handlers(name) : undefined;
    return { property, handlers, accept: (value: unknown) => acceptNamed(model, name, value) };
  };
  const contextOf = (name: string, signal: AbortSignal) => ({
    session,
    visitor: visitors[name],
    name,
    property: model.properties[name],
    signal,
  });
  const signals = new CallSignals(alive);
  const methods = {
    async read(name: string, options?: CallOptions) {
      const { property, handlers, accept } = find(name);
      using link = signals.for(options?.signal);
      return accept(
        await attempt(() => (handlers ? handlers.read(contextOf(name, link.signal)) : property.constant), link.signal),
      );
    },
    async write(name: string, value: unknown, options?: CallOptions) {
      const { property, handlers, accept } = find(name);
      if (property.access === "r" || !handlers)
        throw new MapperError("VALUE_INVALID", `${model.name}.${name} is read-only`);
      const accepted = accept(value);
      using link = signals.for(options?.signal);
      await attempt(() => handlers.write?.(contextOf(name, link.signal), accepted), link.signal);
    },
    watch(name: string, options?: CallOptions) {
      const { handlers, accept } = find(name);
      const stop = new AbortController();
      try {
        const pushed = handlers?.watch?.(contextOf(name, stop.signal));
        return pushed && pushedValues({ pushed, accept, stop, until: [options?.signal, alive], onLateFailure });
      } catch (cause) {
        throw mapperErrorOf(cause);
      }
    },
  };
  return {
    ...(methods as unknown as Pick<Device<M>, "read" | "write" | "watch">),
    model,
    methods: methodFacts(driver.methods),
    call: methodCalls({ model: model.name, methods: driver.methods, session, visitors, signals }) as Device<M>["call"],
    ...(driver.bus && { bus: `${driver.protocol}:${driver.bus(connection)}` }),
    [Symbol.asyncDispose]: async () => {
      await close(new MapperError("DEVICE_ABORTED", `${model.name} is closed`)).catch((cause) => {
        throw mapperErrorOf(cause);
      });
    },
  };
}

/** `value` as the property has it; throws `VALUE_INVALID` naming the property. */
function acceptNamed(model: Model, name: string, value: unknown): unknown {
  try {
    return propertyOf(model, name).accept(value);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError(cause.code, `${model.name}.${name}: ${cause.message}`, { cause });
  }
}
