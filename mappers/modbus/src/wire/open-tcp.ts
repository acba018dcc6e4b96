import { connect } from "node:net";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { Framing } from "./framing.ts";
import { StreamWire } from "./stream-wire.ts";
import { ExchangeError, type Wire } from "./wire.ts";

/** Where and how to connect. */
export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly framing: Framing;
  readonly clock: Clock;
  readonly connectMs: number;
  readonly silenceMs: number;
  readonly onLost: (error: Error) => void;
}

/** Connects to a Modbus server or gateway. Rejects with an {@link ExchangeError} `"lost"` when that takes too long or is refused. */
export function openTcp({ host, port, connectMs, ...options }: TcpOptions): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const timer = options.clock.after(connectMs, () =>
      socket.destroy(new Error(`no connection to ${host}:${port} within ${connectMs} ms`)),
    );
    let connected = false;
    const wire = new StreamWire({
      ...options,
      onLost: (error) => void (connected && options.onLost(error)),
      stream: {
        send: (bytes) =>
          new Promise((sent, failed) => void socket.write(bytes, (error) => (error ? failed(error) : sent()))),
        close: () =>
          new Promise((closed) => {
            if (socket.closed) return closed();
            socket.once("close", () => closed());
            socket.destroy();
          }),
      },
    });
    let failure: Error | undefined;
    socket.on("data", (bytes) => wire.received(bytes));
    socket.on("error", (error) => {
      failure = error;
    });
    socket.once("close", () => {
      timer[Symbol.dispose]();
      const reason = failure ?? new Error(`${host}:${port} closed the connection`);
      wire.fail(reason);
      reject(new ExchangeError("lost", `cannot connect to ${host}:${port}: ${reason.message}`, { cause: reason }));
    });
    socket.once("connect", () => {
      timer[Symbol.dispose]();
      connected = true;
      resolve(wire);
    });
  });
}
