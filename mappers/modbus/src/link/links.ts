import { type Board, type Clock, type Log, MapperError } from "@edgetwin/mapper-sdk";
import { type Connection, endpointName, type LineSettings } from "../visitors/connection.ts";
import { MbapFraming } from "../wire/mbap.ts";
import { openSerial } from "../wire/open-serial.ts";
import { openTcp } from "../wire/open-tcp.ts";
import { RtuFraming } from "../wire/rtu.ts";
import type { Wire } from "../wire/wire.ts";
import { Link } from "./link.ts";

/** Who wants to use a link, and in what world. */
export interface LinkUser {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  /** The device's name. */
  readonly name: string;
  readonly connection: Connection;
}

interface Entry {
  readonly link: Link;
  readonly settings: string;
  readonly firstUser: string;
  users: number;
}

/** Links that are in use and links that are being closed, by endpoint. A board has its own: its ports are. */
interface Links {
  readonly open: Map<string, Entry>;
  readonly closing: Map<string, Promise<void>>;
}

const linksOf = new WeakMap<Board, Links>();

/** The longest pauses: a unit that does not answer, and a connection attempt. */
const silentUnitCapMs = 30_000;
const shortestConnectMs = 3_000;

/**
 * The link to the endpoint of `connection`, which all devices behind it share; it closes with its last user.
 * @throws MapperError `CONFIG_INVALID` when another device uses the same line with other settings.
 */
export function acquireLink(user: LinkUser): { readonly link: Link } & AsyncDisposable {
  const { board, connection, name } = user;
  const links = linksOf.get(board) ?? { open: new Map(), closing: new Map() };
  linksOf.set(board, links);
  const key = endpointName(connection.line);
  const settings = JSON.stringify(connection.line);
  const entry = links.open.get(key) ?? newEntry(user, links);
  if (entry.settings !== settings)
    throw new MapperError(
      "CONFIG_INVALID",
      `${key} is in use by ${entry.firstUser} with other settings (${entry.settings}); devices on one line need the same`,
    );
  links.open.set(key, entry);
  entry.users++;
  let released = false;
  return {
    link: entry.link,
    async [Symbol.asyncDispose]() {
      if (released) return;
      released = true;
      entry.users--;
      if (entry.users > 0) return;
      links.open.delete(key);
      const closed = entry.link.close();
      links.closing.set(key, closed);
      try {
        await closed;
      } finally {
        if (links.closing.get(key) === closed) links.closing.delete(key);
      }
    },
  };

  function newEntry({ clock, log }: LinkUser, { closing }: Links): Entry {
    const link = new Link({
      name: key,
      clock,
      log,
      open: async (onLost) => {
        await closing.get(key)?.catch(() => undefined);
        return await openWire(user, onLost);
      },
      patience: {
        forgiven: connection.line.framing === "tcp" ? 1 : 0,
        lateAnswersMislead: connection.line.framing === "rtu",
        capMs: silentUnitCapMs,
      },
      renews: connection.line.kind === "tcp",
    });
    return { link, settings, firstUser: name, users: 0 };
  }
}

async function openWire(
  { board, clock, log, name, connection }: LinkUser,
  onLost: (error: Error) => void,
): Promise<Wire> {
  const { line, timeoutMs } = connection;
  const shared = { clock, onLost, silenceMs: line.delayMs };
  if (line.kind === "tcp") {
    const { host, port } = line;
    const framing = line.framing === "tcp" ? new MbapFraming() : new RtuFraming();
    return await openTcp({ ...shared, host, port, framing, connectMs: Math.max(timeoutMs, shortestConnectMs) });
  }
  await warnOfUnstablePath(board, line, log);
  return await openSerial({ ...shared, board, path: line.path, settings: { ...line.settings, consumer: name } });
}

/** The kernel numbers USB adapters in the order of plugging: after a restart another line may have the name. */
async function warnOfUnstablePath(board: Board, line: LineSettings & { kind: "serial" }, log: Log): Promise<void> {
  if (!/^\/dev\/tty(?:USB|ACM)\d+$/.test(line.path)) return;
  const ports = await board.serial.list();
  const stablePath = ports.find(({ path }) => path === line.path)?.stablePath;
  if (stablePath !== undefined) log.warn("modbus.unstable-path", { path: line.path, use: stablePath });
}
