import type { Duplex } from "node:stream";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { type Log, silentLog } from "../../log.ts";
import { channelOptions } from "./channel-options.ts";
import { addService, type Implementation } from "./serve-call.ts";

/** A server that listens nowhere: it serves the connections it is given. Disposing it ends them. */
export interface ConnectionServer extends Disposable {
  take(connection: Duplex): void;
}

/**
 * Serves gRPC on connections that somebody else accepted, so that a process may listen without loading any of this until
 * somebody comes.
 */
export function takeConnections(
  services: readonly Implementation[],
  { log = silentLog }: { readonly log?: Log } = {},
): ConnectionServer {
  const server = new Server({ ...channelOptions, "grpc.max_concurrent_streams": 10_000 });
  for (const service of services) addService(server, service, log);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    take: (connection) => injector.injectConnection(connection),
    [Symbol.dispose]: () => {
      injector.destroy();
      server.forceShutdown();
    },
  };
}
