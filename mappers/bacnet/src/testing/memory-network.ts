import type { SimBoard } from "@edgetwin/mapper-sdk/testing";
import type { BindOptions, DatagramSocket } from "../link/datagrams.ts";
import { simulateDatagrams } from "../link/datagrams.ts";
import type { UdpAddress } from "../wire/udp-address.ts";
import { parseUdpAddress } from "../wire/udp-address.ts";
import type { EmulatedNode } from "./emulated-node.ts";

/** Where mappers are, when they bind to all interfaces. */
const ourHost = "10.0.0.1";
const firstFreePort = 50_000;

/**
 * A network made of memory: datagrams arrive at once, in order, unless it is cut. Mappers on boards that are attached
 * find it where they would find the machine's; everything above the socket is as it is with a real one.
 */
export class MemoryNetwork {
  readonly #nodes = new Map<UdpAddress, EmulatedNode>();
  readonly #sockets = new Map<UdpAddress, BindOptions>();
  /** Nothing arrives. */
  isCut = false;
  /** Datagrams that mappers sent. */
  sent = 0;
  /** Set to lose a datagram, whoever sends it. */
  lose: ((datagram: Uint8Array) => boolean) | undefined;
  #nextPort = firstFreePort;

  readonly #subnet: string;

  /** @param options.subnet how the addresses begin that hear each other's broadcasts; without it all do. */
  constructor({ subnet = "" }: { readonly subnet?: string } = {}) {
    this.#subnet = subnet;
  }

  /** Puts `node` at `address`; the returned function takes it away. */
  plug(address: UdpAddress, node: EmulatedNode): () => void {
    this.#nodes.set(address, node);
    node.plug({
      address,
      send: (datagram, to) => this.#deliver(datagram, address, to),
      broadcast: (datagram) => this.#everywhere(datagram, address),
    });
    return () => {
      if (this.#nodes.get(address) === node) this.#nodes.delete(address);
    };
  }

  /** Lets mappers on `board` find it. What they do with it counts as operations of the board. */
  attach(board: SimBoard): void {
    simulateDatagrams(board, async (options) => {
      const port = options.port === 0 ? this.#nextPort++ : options.port;
      const host = options.host === "0.0.0.0" ? ourHost : options.host;
      const address = `${host}:${port}`;
      await board.faults.step(`udp ${port} bind`);
      if (this.#sockets.has(address)) throw Object.assign(new Error("bind EADDRINUSE"), { code: "EADDRINUSE" });
      const handle = board.hold(`udp ${port}`);
      this.#sockets.set(address, options);
      const socket: DatagramSocket = {
        address,
        send: async (datagram, to) => {
          await board.faults.step(`udp ${port} send`);
          this.sent++;
          this.#route(Uint8Array.from(datagram), address, to);
        },
        [Symbol.asyncDispose]: async () => {
          this.#sockets.delete(address);
          board.faults.note(`udp ${port} close`);
          handle[Symbol.dispose]();
        },
      };
      return socket;
    });
  }

  #route(datagram: Uint8Array, from: UdpAddress, to: UdpAddress): void {
    if (isBroadcast(to)) this.#everywhere(datagram, from);
    else this.#deliver(datagram, from, to);
  }

  #everywhere(datagram: Uint8Array, from: UdpAddress): void {
    for (const to of [...this.#nodes.keys(), ...this.#sockets.keys()])
      if (to !== from && from.startsWith(this.#subnet) === to.startsWith(this.#subnet))
        this.#deliver(datagram, from, to);
  }

  #deliver(datagram: Uint8Array, from: UdpAddress, to: UdpAddress): void {
    if (this.isCut || this.lose?.(datagram)) return;
    queueMicrotask(() => {
      this.#nodes.get(to)?.receive(datagram, from);
      this.#sockets.get(to)?.onDatagram(datagram, from);
    });
  }
}

const isBroadcast = (to: UdpAddress): boolean => parseUdpAddress(to)?.host.endsWith(".255") === true;
