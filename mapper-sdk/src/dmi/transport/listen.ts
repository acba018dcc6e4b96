import { randomBytes } from "node:crypto";
import { chmod, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { MapperError } from "../../errors.ts";
import { type Log, silentLog } from "../../log.ts";
import { channelOptions } from "./channel-options.ts";
import { addService, type Implementation } from "./serve-call.ts";
import { checkSocketPath, socketAt, somebodyListensAt } from "./socket-path.ts";

/** How a socket is listened at. */
export interface ListenOptions {
  /** Who may connect: 0o660 for the owner and its group (default), 0o600 for the owner alone. */
  readonly mode?: number;
  readonly log?: Log;
}

/** A server that accepts calls. Disposing it ends all calls and connections and removes its socket. */
export interface Listening extends AsyncDisposable {
  readonly socket: string;
}

/** Length of the name that a socket has until it accepts connections. */
const temporaryName = () => `.${randomBytes(4).toString("hex")}`;

/**
 * Serves gRPC on a Unix socket. The socket appears at its path when it accepts connections, not before, with its rights
 * set; one that a dead process left behind is replaced.
 *
 * Rejects with `DEVICE_BUSY` when another process listens there, with `CONFIG_INVALID` when the path cannot be a socket.
 */
export async function listen(
  socket: string,
  services: readonly Implementation[],
  { mode = 0o660, log = silentLog }: ListenOptions = {},
): Promise<Listening> {
  checkSocketPath(socket);
  const temporary = join(dirname(socket), temporaryName());
  checkSocketPath(temporary);
  if ((await socketAt(socket)) !== undefined && (await somebodyListensAt(socket)))
    throw new MapperError("DEVICE_BUSY", `another process listens at ${socket}; stop it or name another socket`);

  const server = new Server({ ...channelOptions, "grpc.max_concurrent_streams": 10_000 });
  for (const service of services) addService(server, service, log);
  await bind(server, temporary);
  try {
    await chmod(temporary, mode);
    await rename(temporary, socket);
  } catch (cause) {
    server.forceShutdown();
    await rm(temporary, { force: true });
    throw cannotListen(socket, cause);
  }
  const own = await socketAt(socket);
  return {
    socket,
    async [Symbol.asyncDispose]() {
      // A successor may have taken the path already.
      if ((await socketAt(socket).catch(() => undefined)) === own) await rm(socket, { force: true });
      server.forceShutdown();
    },
  };
}

function bind(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(cannotListen(socket, error)) : resolve(),
    );
  });
}

const cannotListen = (socket: string, cause: unknown): MapperError => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MapperError(
    "CONFIG_INVALID",
    `cannot listen at ${socket}: ${why}; does its folder exist, may this user write there?`,
    { cause },
  );
};
