import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A wire on loopback between a client and a server, which a test cuts and clogs. */
export class WireProxy implements AsyncDisposable {
  readonly #to: { readonly port: number; readonly host: string } | { readonly path: string };
  readonly #clients = new Set<Socket>();
  readonly #servers = new Set<Socket>();
  #listener: Server | undefined;
  #port = 0;
  #stalled = false;

  constructor(to: number | string) {
    this.#to = typeof to === "number" ? { port: to, host: "127.0.0.1" } : { path: to };
  }

  static async open(to: number | string): Promise<WireProxy> {
    const proxy = new WireProxy(to);
    await proxy.up();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  readonly connections = (): number => this.#clients.size;

  /** Swallows everything from now on, both ways. */
  readonly stall = (): void => {
    this.#stalled = true;
  };

  readonly up = async (): Promise<void> => {
    if (this.#listener) return;
    this.#stalled = false;
    const listener = createServer((socket) => this.#join(socket)).listen(this.#port, "127.0.0.1");
    await once(listener, "listening");
    this.#listener = listener;
    this.#port = (listener.address() as { port: number }).port;
  };

  readonly down = async (): Promise<void> => {
    const listener = this.#listener;
    this.#listener = undefined;
    if (!listener) return;
    const closed = once(listener, "close");
    listener.close();
    for (const socket of [...this.#clients, ...this.#servers]) socket.destroy();
    await closed;
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => this.down();

  #join(client: Socket): void {
    const server = connect(this.#to);
    this.#clients.add(client);
    this.#servers.add(server);
    const pass = (from: Socket, to: Socket) =>
      from
        .on("data", (bytes) => {
          if (!this.#stalled) to.write(bytes);
        })
        .on("error", () => undefined)
        .on("close", () => to.destroy());
    pass(client, server);
    pass(server, client);
    client.on("close", () => this.#clients.delete(client));
    server.on("close", () => this.#servers.delete(server));
  }
}
