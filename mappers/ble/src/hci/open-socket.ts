import { connect, type NetConnectOpts } from "node:net";
import { type Clock, HalError } from "@edgetwin/mapper-sdk";
import { H4Parser } from "./h4-parser.ts";
import { Listeners } from "./listeners.ts";
import type { HciTransport } from "./transport.ts";

/** Where a controller listens: a Unix socket, such as btvirt's, or a host that forwards one over TCP. */
export type SocketEndpoint = { readonly path: string } | { readonly host: string; readonly port: number };

/** A controller that is not on this machine answers well within this. */
const connectMs = 5_000;

/** Opens a controller that speaks H4 over a socket. Rejects with HalError `"disconnected"` when nobody listens there. */
export async function openSocket(endpoint: SocketEndpoint, clock: Clock): Promise<HciTransport> {
  const where = "path" in endpoint ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
  const socket = connect({ ...endpoint, noDelay: true } as NetConnectOpts);
  const heard = new Listeners();
  const parser = new H4Parser();
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) => {
      timer[Symbol.dispose]();
      socket.destroy();
      reject(new HalError("disconnected", `no Bluetooth controller at ${where}: ${reason}`, { cause }));
    };
    const timer = clock.after(connectMs, () => fail(`no answer within ${connectMs} ms`));
    socket.once("error", (error) => fail(error.message, error));
    socket.once("connect", () => {
      timer[Symbol.dispose]();
      socket.removeAllListeners("error");
      resolve();
    });
  });
  const lose = (reason: string, cause?: unknown) =>
    heard.lose(new HalError("disconnected", `the Bluetooth controller at ${where} is gone: ${reason}`, { cause }));
  socket.on("error", (error) => lose(error.message, error));
  socket.on("close", () => lose("it closed the connection"));
  socket.on("data", (bytes) => {
    try {
      heard.packets(parser.push(bytes));
    } catch (error) {
      heard.lose(error as Error);
    }
  });
  return {
    listen: (listener) => heard.listen(listener),
    async send(packet) {
      if (!heard.lost) socket.write(packet);
    },
    [Symbol.asyncDispose]() {
      heard.close();
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once("close", () => resolve());
        socket.destroy();
      });
    },
  };
}
