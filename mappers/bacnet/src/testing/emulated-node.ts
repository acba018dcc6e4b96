import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { Station } from "../link/station.ts";
import { type Bvlc, decodeBvlc, encodeBvlc } from "../wire/bvlc.ts";
import { decodeNpdu, encodeNpdu, type Npdu } from "../wire/npdu.ts";
import type { UdpAddress } from "../wire/udp-address.ts";
import type { EmulatedDevice } from "./emulated-device.ts";

/** What stands at one address of a network. */
export interface NodeParts {
  /** The device there. */
  readonly device?: EmulatedDevice;
  /** It is a router; these stand on the network behind it, by their address in hexadecimal. */
  readonly behind?: { readonly network: number; readonly devices: Readonly<Record<string, EmulatedDevice>> };
  /** It is a BBMD: foreign devices may register and hear broadcasts (ASHRAE 135 Annex J.4, J.5). */
  readonly bbmd?: { readonly clock: Clock; readonly refuses?: boolean };
}

/** How a node speaks. */
export interface NodeOutlet {
  readonly address: UdpAddress;
  send(datagram: Uint8Array, to: UdpAddress): void;
  /** To all nodes of its own network. */
  broadcast(datagram: Uint8Array): void;
}

const everywhere = 0xffff;
/** Register-Foreign-Device NAK (J.2.1). */
const registrationRefused = 0x0030;
const distributionRefused = 0x0060;
/** J.5.2.3: entries live a little longer than they say. */
const graceMs = 30_000;

/** One address of a BACnet/IP network: a device, a router, a BBMD, or several of these at once. */
export class EmulatedNode {
  readonly #parts: NodeParts;
  readonly #foreign = new Map<UdpAddress, Timer>();
  #outlet: NodeOutlet | undefined;
  /** Registrations that were asked for. */
  registrations = 0;

  constructor(parts: NodeParts) {
    this.#parts = parts;
  }

  /** Foreign devices in its table. */
  get foreignDevices(): readonly UdpAddress[] {
    return [...this.#foreign.keys()];
  }

  /** Its devices, wherever they stand. */
  get devices(): readonly EmulatedDevice[] {
    const { device, behind } = this.#parts;
    return [...(device ? [device] : []), ...Object.values(behind?.devices ?? {})];
  }

  /** Puts it on a network. */
  plug(outlet: NodeOutlet): void {
    this.#outlet = outlet;
    const { device, behind } = this.#parts;
    device?.plug({
      send: (apdu, to, expectingReply) =>
        this.#send({ apdu, expectingReply, ...(to.remote && { destination: to.remote }) }, to.udp),
      broadcast: (apdu) => this.#broadcast({ apdu, expectingReply: false }),
    });
    for (const [mac, one] of Object.entries(behind?.devices ?? {})) {
      const source = { network: behind?.network ?? 0, mac: Buffer.from(mac, "hex") };
      one.plug({
        send: (apdu, to, expectingReply) => this.#send({ apdu, expectingReply, source }, to.udp),
        broadcast: (apdu) => this.#broadcast({ apdu, expectingReply: false, source }),
      });
    }
  }

  /** Ends its timers and those of its devices. */
  dispose(): void {
    for (const timer of this.#foreign.values()) timer[Symbol.dispose]();
    for (const device of this.devices) device.dispose();
  }

  /** Takes a datagram. */
  receive(datagram: Uint8Array, from: UdpAddress): void {
    const message = decodeBvlc(datagram);
    if (!message) return;
    if (message.kind === "register") return this.#register(message.ttlSeconds, from);
    if (message.kind === "distribute") return this.#distribute(message, from);
    if (!("npdu" in message)) return;
    const udp = message.kind === "forwarded" ? message.origin : from;
    if (message.kind === "broadcast") this.#forward(message.npdu, from);
    this.#take(message.npdu, udp);
  }

  #take(bytes: Uint8Array, udp: UdpAddress): void {
    const npdu = decodeNpdu(bytes);
    if (!npdu) return;
    const { device, behind } = this.#parts;
    const { destination, source, apdu } = npdu;
    const from: Station = { udp, ...(source && { remote: source }) };
    if (!destination || destination.network === everywhere) device?.receive(apdu, from);
    if (!behind || !destination) return;
    if (destination.network !== everywhere && destination.network !== behind.network) return;
    const mac = Buffer.from(destination.mac).toString("hex");
    for (const [key, one] of Object.entries(behind.devices)) if (mac === "" || mac === key) one.receive(apdu, from);
  }

  #register(ttlSeconds: number, from: UdpAddress): void {
    const { bbmd } = this.#parts;
    this.registrations++;
    if (!bbmd || bbmd.refuses) return this.#reply({ kind: "result", code: registrationRefused }, from);
    this.#foreign.get(from)?.[Symbol.dispose]();
    const timer = bbmd.clock.after(ttlSeconds * 1000 + graceMs, () => void this.#foreign.delete(from));
    this.#foreign.set(from, timer);
    this.#reply({ kind: "result", code: 0 }, from);
  }

  #distribute({ npdu }: { readonly npdu: Uint8Array }, from: UdpAddress): void {
    if (!this.#foreign.has(from)) return this.#reply({ kind: "result", code: distributionRefused }, from);
    this.#outlet?.broadcast(encodeBvlc({ kind: "forwarded", npdu, origin: from }));
    this.#take(npdu, from);
  }

  /** What somebody broadcasts on its network is passed on to those who are elsewhere. */
  #forward(npdu: Uint8Array, origin: UdpAddress): void {
    for (const to of this.#foreign.keys()) this.#outlet?.send(encodeBvlc({ kind: "forwarded", npdu, origin }), to);
  }

  #send(npdu: Npdu, to: UdpAddress): void {
    this.#reply({ kind: "unicast", npdu: encodeNpdu(npdu) }, to);
  }

  #broadcast(npdu: Npdu): void {
    const bytes = encodeNpdu(npdu);
    this.#outlet?.broadcast(encodeBvlc({ kind: "broadcast", npdu: bytes }));
    const { address } = this.#outlet ?? {};
    if (address) this.#forward(bytes, address);
  }

  #reply(message: Bvlc, to: UdpAddress): void {
    this.#outlet?.send(encodeBvlc(message), to);
  }
}
