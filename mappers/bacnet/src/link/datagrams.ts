import { createSocket, type Socket } from "node:dgram";
import type { Board } from "@edgetwin/mapper-sdk";
import { parseUdpAddress, type UdpAddress } from "../wire/udp-address.ts";

/** Where datagrams come from and where they go. */
export interface DatagramSocket extends AsyncDisposable {
  readonly address: UdpAddress;
  /** Resolves when it is on its way; rejects when the network does not take it. */
  send(datagram: Uint8Array, to: UdpAddress): Promise<void>;
}

/** How to bind a socket. */
export interface BindOptions {
  /** Of this machine; `"0.0.0.0"` for all. */
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Broadcasts to this address are wanted as well. */
  readonly broadcast: UdpAddress;
  onDatagram(datagram: Uint8Array, from: UdpAddress): void;
  /** The socket is of no use any more. */
  onError(error: Error): void;
}

/** Binds a socket. */
export type BindDatagrams = (options: BindOptions) => Promise<DatagramSocket>;

const simulated = new WeakMap<Board, BindDatagrams>();

/** Puts a network made of memory where mappers on `board` would find the machine's. */
export function simulateDatagrams(board: Board, bind: BindDatagrams): void {
  simulated.set(board, bind);
}

/** How sockets are bound on `board`. */
export const datagramsOf = (board: Board): BindDatagrams => simulated.get(board) ?? bindUdp;

const bindUdp: BindDatagrams = async ({ host, port, broadcast, onDatagram, onError }) => {
  const sockets: Socket[] = [];
  const listen = async (at: { readonly address: string; readonly port: number }): Promise<Socket> => {
    const socket = createSocket({ type: "udp4", reuseAddr: false });
    socket.on("message", (bytes, from) => onDatagram(bytes, `${from.address}:${from.port}`));
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(at, () => {
        socket.off("error", reject);
        resolve();
      });
    });
    socket.on("error", onError);
    sockets.push(socket);
    return socket;
  };
  const main = await listen({ address: host, port });
  main.setBroadcast(true);
  const { port: bound } = main.address();
  const to = parseUdpAddress(broadcast);
  // Linux hands a broadcast to a socket of one interface only when that is bound to the broadcast address itself.
  if (host !== "0.0.0.0" && to && to.port === bound)
    await listen({ address: to.host, port: bound }).catch(() => undefined);
  return {
    address: `${main.address().address}:${bound}`,
    send: (datagram, target) =>
      new Promise<void>((resolve, reject) => {
        const { host: address, port: targetPort } = parseUdpAddress(target) ?? { host: target, port: 0 };
        main.send(datagram, targetPort, address, (error) => (error ? reject(error) : resolve()));
      }),
    async [Symbol.asyncDispose]() {
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    },
  };
};
