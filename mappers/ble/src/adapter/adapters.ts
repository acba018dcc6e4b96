import { type Board, type Clock, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { NobleLibrary } from "../central/load-noble.ts";
import { Adapter } from "./adapter.ts";
import { endpointOf, openEndpoint } from "./endpoint.ts";

/** Settings that all devices behind one adapter share. */
export interface AdapterSettings {
  readonly adapter: string;
  readonly baudRate: number;
  readonly library: NobleLibrary;
}

/** Who wants to use an adapter, and in what world. */
export interface AdapterWorld {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  /** The device's name. */
  readonly name: string;
}

interface Entry {
  readonly adapter: Adapter;
  readonly settings: string;
  readonly firstUser: string;
  users: number;
}

interface Adapters {
  readonly open: Map<string, Entry>;
  readonly closing: Map<string, Promise<void>>;
}

/** Adapters in use, by board, as its serial ports are its own. */
const adaptersOf = new WeakMap<Board, Adapters>();

/**
 * The adapter of `settings`, which all devices behind it share; it closes with its last user.
 * @throws MapperError `CONFIG_INVALID` when another device uses the same adapter with other settings.
 */
export function acquireAdapter(
  settings: AdapterSettings,
  world: AdapterWorld,
): { readonly adapter: Adapter } & AsyncDisposable {
  const adapters = adaptersOf.get(world.board) ?? { open: new Map(), closing: new Map() };
  adaptersOf.set(world.board, adapters);
  const key = settings.adapter;
  const wanted = `library ${settings.library}, baudRate ${settings.baudRate}`;
  const entry = adapters.open.get(key) ?? newEntry(settings, world, { adapters, wanted });
  if (entry.settings !== wanted)
    throw new MapperError(
      "CONFIG_INVALID",
      `${key} is in use by ${entry.firstUser} with other settings (${entry.settings}); devices on one adapter need the same`,
    );
  adapters.open.set(key, entry);
  entry.users++;
  let isReleased = false;
  return {
    adapter: entry.adapter,
    async [Symbol.asyncDispose]() {
      if (isReleased) return;
      isReleased = true;
      entry.users--;
      if (entry.users > 0) return;
      adapters.open.delete(key);
      const released = entry.adapter.close();
      const settled = released.then(() => entry.adapter.settled());
      adapters.closing.set(key, settled);
      void settled.finally(() => {
        if (adapters.closing.get(key) === settled) adapters.closing.delete(key);
      });
      await released;
    },
  };
}

function newEntry(
  settings: AdapterSettings,
  { board, clock, log, name }: AdapterWorld,
  { adapters, wanted }: { readonly adapters: Adapters; readonly wanted: string },
): Entry {
  const endpoint = endpointOf(settings.adapter);
  if (!endpoint) throw new TypeError(`${settings.adapter} is no adapter`); // the schema let nothing else through
  const adapter = new Adapter({
    name: settings.adapter,
    clock,
    log,
    library: settings.library,
    openTransport: async () => {
      await adapters.closing.get(settings.adapter)?.catch(() => undefined);
      return await openEndpoint(endpoint, { board, clock, baudRate: settings.baudRate, consumer: name });
    },
  });
  return { adapter, settings: wanted, firstUser: name, users: 0 };
}
