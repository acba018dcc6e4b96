import { isPromiseLike } from "./abort-race.ts";
import { mapperErrorOf } from "./attempt.ts";
import { CallSignals } from "./call-signals.ts";
import type { CheckedConfig } from "./check-config.ts";
import { devicePropertiesOf } from "./device-property.ts";
import type { Driver } from "./driver.ts";
import { MapperError } from "./errors.ts";
import type { CallOptions, Device, ReadManyOptions } from "./mapper.ts";
import { methodCalls, methodFacts } from "./method-calls.ts";
import type { Model } from "./model.ts";
import { pushedValues } from "./pushed-values.ts";
import { ReadPass } from "./read-pass.ts";

/** What an open device is made of. */
export interface Opened<M extends Model> {
  readonly driver: Driver<M>;
  readonly checked: CheckedConfig<M>;
  /** Whatever the driver's `open` returned. */
  readonly session: unknown;
  /** Aborts when the device closes. */
  readonly alive: AbortSignal;
  readonly close: (reason: MapperError) => Promise<void>;
  /** Gets what failed after whoever waited for it had gone. */
  readonly onLateFailure: (error: unknown) => void;
}

/**
 * The device that an agent or a test works with. Reads come a thousand a second: they look nothing up twice, and a
 * handler that returns a value at once costs one promise.
 */
export function openedDevice<M extends Model>(parts: Opened<M>): Device<M> {
  const { driver, checked, session, alive, close, onLateFailure } = parts;
  const { model, visitors, connection } = checked;
  const find = devicePropertiesOf({ driver, checked, session });
  const signals = new CallSignals(alive);
  const calls = {
    async read(name: string, options?: CallOptions): Promise<unknown> {
      const one = find(name);
      const link = signals.for(options?.signal);
      try {
        link.race.check();
        const started = link.race.wait(one.read(link));
        return one.accept(isPromiseLike(started) ? await started : started);
      } catch (cause) {
        throw mapperErrorOf(cause);
      } finally {
        link[Symbol.dispose]();
      }
    },
    async readMany(names: readonly string[], options?: ReadManyOptions): Promise<unknown> {
      const properties = names.map(find);
      const link = signals.for(options?.signal);
      try {
        link.race.check();
        const goOn = options?.goOn ?? always;
        return await new ReadPass({ driver, session, properties, link, goOn }).run();
      } finally {
        link[Symbol.dispose]();
      }
    },
    async write(name: string, value: unknown, options?: CallOptions): Promise<void> {
      const one = find(name);
      const { property, handlers } = one;
      if (property.access === "r" || !handlers)
        throw new MapperError("VALUE_INVALID", `${model.name}.${name} is read-only`);
      const accepted = one.accept(value);
      const link = signals.for(options?.signal);
      try {
        link.race.check();
        const started = link.race.wait(handlers.write?.(one.contextFor(link), accepted));
        if (isPromiseLike(started)) await started;
      } catch (cause) {
        throw mapperErrorOf(cause);
      } finally {
        link[Symbol.dispose]();
      }
    },
    watch(name: string, options?: CallOptions) {
      const { handlers, property, visitor, accept } = find(name);
      const stop = new AbortController();
      try {
        const pushed = handlers?.watch?.({ session, visitor, name, property, signal: stop.signal });
        return pushed && pushedValues({ pushed, accept, stop, until: [options?.signal, alive], onLateFailure });
      } catch (cause) {
        throw mapperErrorOf(cause);
      }
    },
  };
  return {
    ...(calls as unknown as Pick<Device<M>, "read" | "readMany" | "write" | "watch">),
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

const always = (): boolean => true;
