import { mapperErrorOf } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import type { CredentialSource } from "./credential.ts";
import { MapperError } from "./errors.ts";
import { type FieldFacts, fieldFactsOf } from "./field-facts.ts";
import type { Board } from "./hal.ts";
import { type Log, silentLog } from "./log.ts";
import type { Model } from "./model.ts";
import { parse, type Schema } from "./schema.ts";

/** Something that was found and may become a device. */
export interface Discovered {
  /** Short, for people and as the start of the device's name: `"sdm120 at 7"`. */
  readonly name: string;
  /** What it is and how it was recognised, in one sentence. */
  readonly description: string;
  /** How sure the mapper is, 0 to 1; 1 when the thing itself said what it is. */
  readonly confidence: number;
  /** How to reach it: `connection` of its device. */
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Where its properties live, by name: `visitors` of its device. */
  readonly visitors?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What it is; without one, it is only told about. */
  readonly model?: Model;
  /** Name of the device that this already is. The SDK sets it where the mapper has `addressOf`. */
  readonly known?: string;
  /** What else is known of it: serial number, signal strength, who holds it. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** What looking for devices gets. */
export interface DiscoverContext<O> {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: O;
  /** Gives credentials that the options only name; missing where nobody keeps any. */
  readonly credential?: CredentialSource;
  /** Aborts when the time is over, enough was found, or whoever asked is gone. */
  readonly signal: AbortSignal;
  /**
   * Runs `action` when the bus is free, and keeps it until `action` ends. One turn for each probe: devices on the bus
   * are read and written between them. Without `bus` there is nothing to wait for.
   */
  turn<T>(action: () => Promise<T>): Promise<T>;
}

/** How a mapper looks for devices; see `discover` of `defineMapper`. */
export interface DiscoverDefinition<D extends Schema> {
  /** What is looked for and how, in one sentence; whether it disturbs anything. */
  readonly description: string;
  /** What to look for and where, as an object of settings. Checked before any hardware is touched. */
  readonly options?: D;
  /** Key of the physical bus, as `bus` of the mapper gives it, so that no device on it is disturbed. */
  bus?(options: SchemaOutput<D>): string;
  /**
   * What tells a device from all others of the protocol, e.g. `"i2c-1 0x76"`, by the `connection` of a manifest, however
   * that is written. A finding with the address of a device is told as known. May throw when `connection` does not fit.
   * Without it, a finding is known only when a device has the very same settings.
   */
  addressOf?(connection: unknown): string;
  /** Yields what it finds as soon as it does; ends when it has looked everywhere, or when `signal` aborts. */
  find(context: DiscoverContext<SchemaOutput<D>>): AsyncIterable<Discovered>;
}

/** The world in which devices are looked for. */
export interface DiscoverEnvironment {
  readonly board: Board;
  readonly clock: Clock;
  readonly log?: Log;
  readonly credential?: CredentialSource;
  readonly signal: AbortSignal;
  /** Runs `action` when the bus with this key is free; without it, nobody else uses any. */
  readonly turn?: <T>(bus: string, action: () => Promise<T>) => Promise<T>;
  /** Devices of the protocol that are there already: by name, the `connection` of their manifest. */
  readonly devices?: Readonly<Record<string, unknown>>;
}

/** What a mapper or protocol offers to those who look for devices. */
export interface Discoverer {
  readonly description: string;
  /** Missing when the schema of the options does not tell; empty when there are none. */
  readonly options?: readonly FieldFacts[];
  /**
   * Looks for devices. What it yields is whole; what the mapper throws comes as a MapperError, also before the first.
   * @throws MapperError `VALUE_INVALID` at once when the options do not fit.
   */
  find(options: unknown, environment: DiscoverEnvironment): AsyncIterable<Discovered>;
}

type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];

/** A definition as others see it. */
export function discovererOf(protocol: string, definition: DiscoverDefinition<Schema>): Discoverer {
  const facts = definition.options === undefined ? [] : fieldFactsOf(definition.options);
  return {
    description: definition.description,
    ...(facts && { options: facts }),
    find(raw, { board, clock, log = silentLog, credential, signal, turn, devices = {} }) {
      const options = optionsOf(definition, raw);
      const bus = definition.bus?.(options);
      const taken = <T>(action: () => Promise<T>) =>
        bus === undefined || !turn ? action() : turn(`${protocol}:${bus}`, action);
      const world = { board, clock, log, signal, ...(credential && { credential }) };
      const find = () => definition.find({ ...world, options, turn: taken });
      return checkedFindings(find, { protocol, known: knownDevices(definition, devices) });
    },
  };
}

function optionsOf({ options: schema }: DiscoverDefinition<Schema>, raw: unknown): unknown {
  try {
    if (schema) return parse(schema, raw ?? {}, "options");
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError("VALUE_INVALID", cause.message, { cause });
  }
  const given = Object.keys((raw ?? {}) as object);
  if (given.length === 0) return undefined;
  throw new MapperError("VALUE_INVALID", `options.${given[0]}: there are no options here; leave it out`);
}

/** Tells which device a connection is the one of. */
function knownDevices(
  { addressOf }: DiscoverDefinition<Schema>,
  devices: Readonly<Record<string, unknown>>,
): (connection: unknown) => string | undefined {
  if (!addressOf) return () => undefined;
  const address = (connection: unknown): string | undefined => {
    try {
      return addressOf(connection ?? {});
    } catch (error) {
      if (error instanceof MapperError) return undefined; // a manifest that its device is refused for
      throw error;
    }
  };
  const names = new Map(Object.entries(devices).map(([name, connection]) => [address(connection), name]));
  names.delete(undefined);
  return (connection) => names.get(address(connection));
}

interface Checks {
  readonly protocol: string;
  known(connection: unknown): string | undefined;
}

async function* checkedFindings(
  find: () => AsyncIterable<Discovered>,
  { protocol, known }: Checks,
): AsyncGenerator<Discovered> {
  try {
    for await (const found of find()) {
      const { name, description, confidence } = found;
      if (typeof name !== "string" || name === "" || typeof description !== "string") {
        throw new TypeError(`discover of ${protocol} yielded something without name or description`);
      }
      const device = found.connection && known(found.connection);
      yield {
        ...found,
        confidence: Math.min(1, Math.max(0, Number(confidence) || 0)),
        ...(device !== undefined && { known: device }),
      };
    }
  } catch (cause) {
    throw mapperErrorOf(cause);
  }
}
