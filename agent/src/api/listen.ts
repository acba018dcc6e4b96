import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Server as NetServer } from "node:net";
import { dirname } from "node:path";
import { portHolder } from "../bus/port-holder.ts";
import { AgentError } from "../errors.ts";

/** `sun_path` of unix(7) holds 108 bytes with the closing zero. */
const maxSocketPathBytes = 107;

/** A file of somebody's is never removed to make room. */
const noSocket = (setting: string) => `what is there is no socket; move it or choose another ${setting}`;

/** Read and write for the owner and the group: who may open the socket may use the API. */
const socketMode = 0o660;

/** An HTTP server for the API, listening nowhere yet. */
export function createHttpServer(handler: RequestListener, connections: number): Server {
  const server = createServer(
    { maxHeaderSize: 8192, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 },
    handler,
  );
  server.maxConnections = connections;
  return server;
}

/**
 * Listens on a Unix socket with mode 0660. A socket file that a killed agent left behind is replaced. `setting` is what
 * people set to choose another path.
 *
 * @throws AgentError `START_FAILED` when another agent answers there, something that is no socket is there, the path is too
 * long or cannot be written.
 */
export async function listenUnix(server: NetServer, path: string, setting = "EDGETWIN_SOCKET"): Promise<void> {
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    const fix = `set ${setting} to a shorter one`;
    throw new AgentError("START_FAILED", `the socket path ${path} is longer than ${maxSocketPathBytes} bytes; ${fix}`);
  }
  if (await isAnswered(path)) {
    throw new AgentError("START_FAILED", `another agent answers on ${path}; stop it or choose another ${setting}`);
  }
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false) throw new Error(noSocket(setting));
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    rmSync(path, { force: true });
  } catch (cause) {
    throw await startFailed(path, cause);
  }
  await listening(server, { where: path }, () => {
    // bind(2) happens inside listen() for a path, so the mode is right from the first instant on.
    const before = process.umask(0o777 & ~socketMode);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}

/**
 * Listens on a TCP address and returns its port.
 *
 * @throws AgentError `START_FAILED` when the port is taken or not allowed.
 */
export async function listenTcp(
  server: Server,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  const { host, port } = address;
  await listening(server, { where: `${host}:${port}`, port }, () => server.listen(port, host));
  return (server.address() as AddressInfo).port;
}

interface Place {
  readonly where: string;
  readonly port?: number;
}

function listening(server: NetServer, { where, port }: Place, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => void startFailed(where, cause, port).then(reject, reject);
    server.once("error", onError);
    server.once("listening", () => {
      server.off("error", onError);
      resolve();
    });
    listen();
  });
}

const fixes: Readonly<Record<string, string>> = {
  EACCES: "this user may not use it; choose another or start as a user that may",
  EADDRNOTAVAIL: "this machine has no such address; use 127.0.0.1",
  ENOTFOUND: "nobody knows that name; use 127.0.0.1",
  EROFS: "the file system is read-only; choose another place",
  EEXIST: "a file is in the way where its directory should be; choose another place",
  ENOTDIR: "a file is in the way where its directory should be; choose another place",
};

async function startFailed(where: string, cause: unknown, port?: number): Promise<AgentError> {
  const { code = "", message = String(cause) } = cause as { code?: string; message?: string };
  if (code === "EADDRINUSE") {
    const holder = (port === undefined ? undefined : await portHolder(port)) ?? "another program";
    const fix = "stop it or configure another port";
    return new AgentError("START_FAILED", `cannot listen on ${where}: ${holder} uses it; ${fix}`, { cause });
  }
  return new AgentError("START_FAILED", `cannot listen on ${where}: ${fixes[code] ?? message}`, { cause });
}

/** Whether somebody accepts connections on the socket `path`. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false)); // no file, or a file that nobody listens on
  });
}
