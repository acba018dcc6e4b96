import { createServer, type Server, type Socket } from "node:net";
import type { EmulatedBroker } from "./emulated-broker.ts";

/** A broker that listens; disposing it ends all connections. */
export interface BrokerServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

/** Serves an emulated broker over TCP on this machine; port 0: one that is free. Rejects when the port is taken. */
export async function serveBroker(
  broker: EmulatedBroker,
  { port = 0, host = "127.0.0.1" } = {},
): Promise<BrokerServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const at = typeof address === "object" && address !== null ? address.port : port;
  return {
    port: at,
    url: `mqtt://${host}:${at}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
