import { createSocket, type Socket } from "node:dgram";
import { parseUdpAddress, type UdpAddress } from "../wire/udp-address.ts";
import type { EmulatedNode } from "./emulated-node.ts";

/** Nodes on real sockets of this machine. */
export interface BacnetServer extends AsyncDisposable {
  /** Where each node is, in the order they were given. */
  readonly addresses: readonly UdpAddress[];
  /** Where broadcasts are heard: `broadcast` of a connection. */
  readonly broadcast: UdpAddress;
  /** Datagrams that came and went, as they were; for a decoder to look at. */
  readonly log: readonly { readonly datagram: Uint8Array; readonly from: UdpAddress; readonly to: UdpAddress }[];
}

/** Loopback's own broadcast address. */
const loopbackBroadcast = "127.255.255.255";

/**
 * Serves each node from an address of loopback, and hears broadcasts to the returned address for all of them. Nodes
 * answer who asked; what they broadcast goes to those who have spoken to them.
 * @param at for each node its address; ports that are missing or 0 are chosen.
 */
export async function serveBacnet(
  nodes: readonly { readonly node: EmulatedNode; readonly at?: UdpAddress }[],
  { keepsLog = false }: { readonly keepsLog?: boolean } = {},
): Promise<BacnetServer> {
  const sockets: Socket[] = [];
  const addresses: UdpAddress[] = [];
  const partners = new Set<UdpAddress>();
  const log: { datagram: Uint8Array; from: UdpAddress; to: UdpAddress }[] = [];
  const note = (datagram: Uint8Array, from: UdpAddress, to: UdpAddress) => {
    if (keepsLog) log.push({ datagram: Uint8Array.from(datagram), from, to });
  };
  for (const { node, at = "127.0.0.1:0" } of nodes) {
    const { host, port } = parseUdpAddress(at, 0) ?? { host: "127.0.0.1", port: 0 };
    const socket = await bound(host, port);
    sockets.push(socket);
    const address = `${host}:${socket.address().port}`;
    addresses.push(address);
    const send = (datagram: Uint8Array, to: UdpAddress) => {
      const target = parseUdpAddress(to);
      note(datagram, address, to);
      if (target) socket.send(datagram, target.port, target.host, () => undefined);
    };
    node.plug({
      address,
      send,
      broadcast(datagram) {
        for (const to of partners) send(datagram, to);
      },
    });
    socket.on("message", (datagram, from) => {
      const partner = `${from.address}:${from.port}`;
      partners.add(partner);
      note(datagram, partner, address);
      node.receive(datagram, partner);
    });
  }
  const everywhere = await bound(loopbackBroadcast, 0);
  sockets.push(everywhere);
  const broadcast = `${loopbackBroadcast}:${everywhere.address().port}`;
  everywhere.on("message", (datagram, from) => {
    const partner = `${from.address}:${from.port}`;
    partners.add(partner);
    note(datagram, partner, broadcast);
    for (const { node } of nodes) node.receive(datagram, partner);
  });
  return {
    addresses,
    broadcast,
    log,
    async [Symbol.asyncDispose]() {
      for (const { node } of nodes) node.dispose();
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    },
  };
}

async function bound(host: string, port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  socket.on("error", () => undefined); // the other side went away
  return socket;
}
