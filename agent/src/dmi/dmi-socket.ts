import { createServer, type Server, type Socket } from "node:net";
import { type Log, Scope } from "@edgetwin/mapper-sdk";
import { listenUnix } from "../api/listen.ts";

/** More connections than any node has mappers, each with a few. */
const mostConnections = 256;

/** Who serves the connections that come. */
export interface ConnectionTaker {
  take(connection: Socket): void;
}

/** A path that is listened at, and the setting that chose it. */
export interface Place {
  readonly path: string;
  readonly setting: string;
}

/**
 * Listens at `places` and gives every connection to what `load` returns, which is loaded when the first one comes: gRPC
 * takes 15 MB that an agent without mappers outside does not need.
 *
 * @throws AgentError `START_FAILED` naming what is in the way.
 */
export async function listenLazily(
  places: readonly Place[],
  { load, log }: { readonly load: () => Promise<ConnectionTaker>; readonly log: Log },
): Promise<AsyncDisposable> {
  await using scope = new Scope();
  let loading: Promise<ConnectionTaker> | undefined;
  const open = new Set<Socket>();
  const accept = async (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => {}); // who serves it is told too; before that there is nobody to tell
    try {
      loading ??= load();
      (await loading).take(socket);
    } catch (error) {
      loading = undefined;
      log.error("mappers cannot be served", { error });
      socket.destroy();
    }
  };
  for (const { path, setting } of places) {
    const server = createServer((socket) => void accept(socket));
    server.maxConnections = mostConnections;
    await listenUnix(server, path, setting);
    scope.defer(() => close(server));
  }
  scope.defer(() => {
    for (const socket of open) socket.destroy();
  });
  return scope.move();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve()); // removes the socket file too
  });
}
