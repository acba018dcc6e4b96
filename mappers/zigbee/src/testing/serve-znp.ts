import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { ZnpCoordinator } from "./znp-coordinator.ts";

/** A coordinator behind a TCP server, as a dongle on a network adapter is. */
export interface ServedZnp extends AsyncDisposable {
  /** `tcp://127.0.0.1:PORT`. */
  readonly path: string;
  readonly port: number;
  /** Pulls the dongle: the connection breaks, and no new one is taken until `plug`. */
  unplug(): void;
  plug(): void;
}

/** Serves a coordinator on loopback, one host at a time: a new one takes the place of the old. */
export async function serveZnp(coordinator: ZnpCoordinator, port = 0): Promise<ServedZnp> {
  let host: Socket | undefined;
  let isPlugged = true;
  const server = createServer((socket) => {
    if (!isPlugged) return void socket.destroy();
    host?.destroy();
    host = socket;
    socket.setNoDelay(true);
    coordinator.attach(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    path: `tcp://127.0.0.1:${taken}`,
    port: taken,
    unplug() {
      isPlugged = false;
      host?.destroy();
    },
    plug() {
      isPlugged = true;
    },
    async [Symbol.asyncDispose]() {
      host?.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
