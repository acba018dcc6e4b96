import { setMaxListeners } from "node:events";
import { attempt, mapperErrorOf } from "./attempt.ts";
import { checkConfig } from "./check-config.ts";
import type { Driver } from "./driver.ts";
import type { MapperError } from "./errors.ts";
import { linkSignals } from "./linked-signal.ts";
import { type Log, silentLog } from "./log.ts";
import type { Device, DeviceConfig, Environment, Mapper } from "./mapper.ts";
import type { Methods } from "./methods.ts";
import { type Model, propertyOf } from "./model.ts";
import { openedDevice } from "./opened-device.ts";
import { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** The two functions every mapper shares: checking a configuration and opening a device with it. */
export function openDevice<M extends Model, T extends Methods>(
  driver: Driver<M>,
): Pick<Mapper<M, T>, "modelFor" | "claims" | "open"> {
  return {
    modelFor: (config) => checkConfig(driver, config).model,
    ...(driver.claims && { claims: (config) => driver.claims?.(checkConfig(driver, config)) ?? [] }),
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
  setMaxListeners(0, alive.signal); // one for each watch; node warns of more than ten
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
    return openedDevice({ driver, checked, session, alive: alive.signal, close, onLateFailure });
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
