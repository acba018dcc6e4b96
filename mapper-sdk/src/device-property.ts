import type { CallLink } from "./call-signals.ts";
import type { CheckedConfig } from "./check-config.ts";
import type { AnyHandlers, Driver } from "./driver.ts";
import { MapperError } from "./errors.ts";
import type { Awaitable } from "./mapper.ts";
import { type Model, type Property, propertyOf } from "./model.ts";

/** One property of an open device with everything a call needs, looked up once. */
export interface DeviceProperty {
  readonly name: string;
  readonly property: Property;
  /** Undefined for a constant that lives in the model alone. */
  readonly handlers: AnyHandlers | undefined;
  readonly visitor: unknown;
  /** `value` as the property has it; throws `VALUE_INVALID` naming the property. */
  accept(value: unknown): unknown;
  /** Starts a reading; throws or rejects as the driver does. */
  read(link: CallLink): Awaitable<unknown>;
  /** What a handler gets for a call under `link`. */
  contextFor(link: CallLink): unknown;
}

/** What the properties of one open device share. */
interface Parts {
  readonly driver: Driver;
  readonly checked: CheckedConfig<Model>;
  readonly session: unknown;
}

/** The properties of an open device by name; throws `VALUE_INVALID` for a name that the model does not have. */
export function devicePropertiesOf(parts: Parts): (name: string) => DeviceProperty {
  const known = new Map<string, DeviceProperty>();
  return (name) => {
    const found = known.get(name) ?? devicePropertyOf(parts, name);
    known.set(name, found);
    return found;
  };
}

function devicePropertyOf({ driver, checked, session }: Parts, name: string): DeviceProperty {
  const { model, visitors } = checked;
  const property = propertyOf(model, name);
  const handlers = Object.hasOwn(visitors, name) ? driver.handlers(name) : undefined;
  const visitor = handlers && visitors[name];
  const named = `${model.name}.${name}`;
  const contextFor = (link: CallLink) => {
    let context = link.contexts.get(name);
    if (context === undefined) {
      context = Object.freeze({ session, visitor, name, property, signal: link.signal });
      link.contexts.set(name, context);
    }
    return context;
  };
  return {
    name,
    property,
    handlers,
    visitor,
    contextFor,
    accept: (value) => acceptNamed(named, property, value),
    read: (link) => (handlers ? handlers.read(contextFor(link)) : property.constant),
  };
}

function acceptNamed(named: string, property: Property, value: unknown): unknown {
  try {
    return property.accept(value);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError(cause.code, `${named}: ${cause.message}`, { cause });
  }
}
