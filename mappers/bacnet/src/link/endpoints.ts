import { type Board, type Clock, HalError, type Log, MapperError } from "@edgetwin/mapper-sdk";
import { loadLibrary } from "../client/load-library.ts";
import { broadcastOf, type Connection, type EndpointSettings } from "../visitors/connection.ts";
import { datagramsOf } from "./datagrams.ts";
import { Endpoint } from "./endpoint.ts";
import { type DeviceSettings, RemoteDevice } from "./remote-device.ts";

/** Who wants to use a socket, and in what world. */
export interface EndpointUser {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  /** The device's name. */
  readonly name: string;
  readonly settings: EndpointSettings;
}

interface Entry {
  readonly opened: Promise<Endpoint>;
  readonly settings: string;
  readonly firstUser: string;
  users: number;
}

interface Entries {
  readonly open: Map<string, Entry>;
  readonly closing: Map<string, Promise<void>>;
}

const entriesOf = new WeakMap<Board, Entries>();
const deviceUsers = new WeakMap<RemoteDevice, { users: number }>();

/**
 * The endpoint with these settings, which all devices behind it share; it closes with its last user. Rejects with
 * `CONFIG_INVALID` when another device uses the same port with other settings, `DEVICE_BUSY` when another program does.
 */
export async function acquireEndpoint(user: EndpointUser): Promise<{ readonly endpoint: Endpoint } & AsyncDisposable> {
  const entries = entriesOf.get(user.board) ?? { open: new Map(), closing: new Map() };
  entriesOf.set(user.board, entries);
  const { interface: host, port } = user.settings;
  const settings = JSON.stringify(settingsOf(user.settings));
  const key = port === 0 ? settings : `${host}:${port}`;
  const lost = await lostEntry(entries, key);
  if (lost) entries.open.delete(key);
  const entry: Entry = entries.open.get(key) ?? newEntry(user, { entries, key, settings });
  if (entry.settings !== settings)
    throw new MapperError(
      "CONFIG_INVALID",
      `${key} is in use by ${entry.firstUser} with other settings (${entry.settings}); devices on one port need the same`,
    );
  entries.open.set(key, entry);
  entry.users++;
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    entry.users--;
    if (entry.users > 0) return;
    if (entries.open.get(key) === entry) entries.open.delete(key);
    const closed = entry.opened.then(
      (endpoint) => endpoint.close(),
      () => undefined,
    );
    entries.closing.set(key, closed);
    await closed;
    if (entries.closing.get(key) === closed) entries.closing.delete(key);
  };
  try {
    return { endpoint: await entry.opened, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The device with that instance behind `endpoint`, which all its users share. */
export function acquireDevice(
  endpoint: Endpoint,
  settings: DeviceSettings,
  world: { readonly clock: Clock; readonly log: Log },
): { readonly device: RemoteDevice } & AsyncDisposable {
  const device = endpoint.devices.get(settings.instance) ?? new RemoteDevice(endpoint, settings, world);
  endpoint.devices.set(settings.instance, device);
  const count = deviceUsers.get(device) ?? { users: 0 };
  deviceUsers.set(device, count);
  count.users++;
  let released = false;
  return {
    device,
    async [Symbol.asyncDispose]() {
      if (released) return;
      released = true;
      count.users--;
      if (count.users > 0) return;
      endpoint.devices.delete(settings.instance);
      await device.close();
    },
  };
}

/** What a connection says about the device itself. */
export function deviceSettings(connection: Connection): DeviceSettings {
  const { device, address, network, mac, timeoutMs, retries, cov, covLifetimeSeconds, covCheckMs, pollMs } = connection;
  const remote = network !== undefined && mac !== undefined && { network, mac: Buffer.from(mac, "hex") };
  return {
    instance: device,
    station: address === undefined ? undefined : { udp: address, ...(remote && { remote }) },
    timeoutMs,
    retries,
    cov: { style: cov, lifetimeMs: covLifetimeSeconds * 1000, checkMs: covCheckMs, pollMs },
  };
}

async function lostEntry({ open }: Entries, key: string): Promise<boolean> {
  const endpoint = await open.get(key)?.opened.catch(() => undefined);
  return endpoint?.lost !== undefined;
}

function newEntry(user: EndpointUser, place: { entries: Entries; key: string; settings: string }): Entry {
  const opened = openEndpoint(user, place);
  opened.catch(() => undefined); // told to whoever acquires it
  return { opened, settings: place.settings, firstUser: user.name, users: 0 };
}

async function openEndpoint(
  { board, clock, log, settings }: EndpointUser,
  { entries, key }: { readonly entries: Entries; readonly key: string },
): Promise<Endpoint> {
  await entries.closing.get(key)?.catch(() => undefined);
  const { interface: host, port, bbmd, bbmdTtlSeconds, library } = settings;
  const broadcast = broadcastOf(settings);
  const endpoint = new Endpoint({
    name: `${host}:${port}`,
    clock,
    log,
    library: await loadLibrary(library),
    broadcast,
    foreign: bbmd === undefined ? undefined : { bbmd, ttlSeconds: bbmdTtlSeconds },
  });
  try {
    const socket = await datagramsOf(board)({
      host,
      port,
      broadcast,
      onDatagram: (datagram, from) => endpoint.receive(datagram, from),
      onError: (error) => endpoint.fail(error),
    });
    endpoint.begin(socket);
    log.info("bacnet.socket-open", { address: socket.address });
    return endpoint;
  } catch (error) {
    throw explained(error, `${host}:${port}`);
  }
}

function explained(cause: unknown, place: string): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  if (cause instanceof HalError || cause instanceof MapperError) return cause;
  if (code === "EADDRINUSE")
    return new MapperError(
      "DEVICE_BUSY",
      `UDP port ${place} is held by another program; stop it, or set "port" to another or to 0`,
      { cause },
    );
  if (code === "EADDRNOTAVAIL")
    return new MapperError("DEVICE_IO", `${place}: this machine has no such address now; set "interface"`, { cause });
  return new MapperError("DEVICE_IO", `${place}: ${(cause as Error).message}`, { cause });
}

const settingsOf = ({ interface: host, port, broadcast, bbmd, bbmdTtlSeconds, library }: EndpointSettings) => ({
  interface: host,
  port,
  ...(broadcast && { broadcast }),
  ...(bbmd && { bbmd, bbmdTtlSeconds }),
  library,
});
