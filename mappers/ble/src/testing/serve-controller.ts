import { type AddressInfo, createServer, type ListenOptions, type Socket } from "node:net";
import { H4Parser } from "../hci/h4-parser.ts";
import type { SimController } from "./sim-controller.ts";

/** A controller that is reached over a socket. */
export interface ControllerServer extends AsyncDisposable {
  /** What the connection of a Device calls it: `"tcp://127.0.0.1:40001"`, `"unix:/run/h4"`. */
  readonly adapter: string;
  /** Ends the connection of the host, as when the adapter is pulled. */
  drop(): void;
}

/** Serves `controller` over H4, to one host at a time, on a free port of loopback or on a Unix socket. */
export async function serveController(
  controller: SimController,
  { path }: { readonly path?: string } = {},
): Promise<ControllerServer> {
  let host: Socket | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    host?.destroy();
    host = socket;
    const parser = new H4Parser();
    controller.attach((packet) => {
      if (!socket.destroyed) socket.write(packet);
    });
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      for (const packet of parser.push(bytes)) controller.receive(packet);
    });
  });
  const where: ListenOptions = path === undefined ? { host: "127.0.0.1", port: 0 } : { path };
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, resolve);
  });
  const { port } = (server.address() ?? {}) as AddressInfo;
  return {
    adapter: path === undefined ? `tcp://127.0.0.1:${port}` : `unix:${path}`,
    drop: () => void host?.destroy(),
    async [Symbol.asyncDispose]() {
      host?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
