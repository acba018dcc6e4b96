import { type Clock, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { BacnetLibrary, CovNotification, IAm } from "../client/bacnet-library.ts";
import { errorClassServices, errorCodes, rejectReasons } from "../names/refusals.ts";
import { type Apdu, confirmedServices, decodeApdu, encodeApdu, unconfirmedServices } from "../wire/apdu.ts";
import { decodeBvlc, encodeBvlc } from "../wire/bvlc.ts";
import { decodeNpdu, encodeNpdu } from "../wire/npdu.ts";
import { areWellFormed } from "../wire/tags.ts";
import type { UdpAddress } from "../wire/udp-address.ts";
import type { DatagramSocket } from "./datagrams.ts";
import { type Foreign, ForeignRegistration } from "./foreign-registration.ts";
import type { RemoteDevice } from "./remote-device.ts";
import type { Station } from "./station.ts";
import { type Patience, Transactions } from "./transactions.ts";

/** What an endpoint is made of. */
export interface EndpointParts {
  /** For messages: `"0.0.0.0:47808"`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly library: BacnetLibrary;
  readonly broadcast: UdpAddress;
  readonly foreign: Foreign | undefined;
}

/** Somebody who wants to know of every device that says that it is there. */
export type IAmListener = (iAm: IAm, station: Station) => void;

/** All of the world, for who knows no network numbers (ASHRAE 135 6.3). */
const allNetworks = { network: 0xffff, mac: new Uint8Array() };

/** One socket and everything that comes and goes through it, shared by all devices behind it. */
export class Endpoint {
  readonly #parts: EndpointParts;
  readonly #transactions: Transactions;
  readonly #foreign: ForeignRegistration | undefined;
  readonly #listeners = new Set<IAmListener>();
  /** Devices in use, by instance. */
  readonly devices = new Map<number, RemoteDevice>();
  #socket: DatagramSocket | undefined;
  #lost: Error | undefined;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#transactions = new Transactions(parts.clock, (apdu, to, expectingReply) =>
      this.#send({ kind: "unicast", npdu: npduFor(apdu, to, expectingReply) }, to.udp),
    );
    const { foreign, clock, log } = parts;
    if (foreign)
      this.#foreign = new ForeignRegistration(foreign, {
        clock,
        log,
        send: async (datagram) => await this.#socket?.send(datagram, foreign.bbmd),
      });
  }

  get name(): string {
    return this.#parts.name;
  }

  get library(): BacnetLibrary {
    return this.#parts.library;
  }

  /** Why the socket is of no use any more. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Begins to speak through `socket`. */
  begin(socket: DatagramSocket): void {
    this.#socket = socket;
    this.#foreign?.begin();
  }

  /** Resolves when a BBMD, if one is to be used, has answered. */
  ready(): Promise<void> {
    return this.#foreign?.answered() ?? Promise.resolve();
  }

  /** Asks a station; see {@link Transactions.request}. */
  exchange(to: Station, request: Uint8Array, patience: Patience): Promise<Uint8Array> {
    return this.#transactions.request(to, request, patience);
  }

  /** Asks the devices from `low` to `high` to say that they are there; `to` asks one station alone. */
  async whoIs(low: number, high: number, to?: UdpAddress): Promise<void> {
    const apdu = this.#parts.library.whoIs(low, high);
    const { broadcast, foreign } = this.#parts;
    if (to) return await this.#send({ kind: "unicast", npdu: encodeNpdu({ apdu, expectingReply: false }) }, to);
    const npdu = encodeNpdu({ apdu, expectingReply: false, destination: allNetworks });
    if (foreign) await this.#send({ kind: "distribute", npdu }, foreign.bbmd);
    else await this.#send({ kind: "broadcast", npdu }, broadcast);
  }

  /** Calls `listener` for every I-Am until it is disposed. */
  listen(listener: IAmListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Takes a datagram; what is none of BACnet's is dropped. */
  receive(datagram: Uint8Array, from: UdpAddress): void {
    const message = decodeBvlc(datagram);
    if (!message) return;
    if (message.kind === "result") {
      if (from === this.#parts.foreign?.bbmd) this.#foreign?.take(message.code);
      return;
    }
    if (!("npdu" in message)) return;
    const npdu = decodeNpdu(message.npdu);
    const apdu = npdu && decodeApdu(npdu.apdu);
    if (!apdu) return;
    const udp = message.kind === "forwarded" ? message.origin : from;
    const station: Station = { udp, ...(npdu.source && { remote: npdu.source }) };
    if (apdu.kind === "unconfirmed-request") this.#heard(npdu.apdu, apdu, station);
    else if (apdu.kind === "confirmed-request") this.#asked(npdu.apdu, apdu, station);
    else this.#transactions.receive(station, apdu);
  }

  /** The socket failed: nothing is sent any more. */
  fail(error: Error): void {
    this.#lost ??= error;
    this.#parts.log.warn("bacnet.socket-lost", { endpoint: this.name, error });
  }

  async close(): Promise<void> {
    this.#foreign?.[Symbol.dispose]();
    const socket = this.#socket;
    this.#socket = undefined;
    await socket?.[Symbol.asyncDispose]();
  }

  #heard(bytes: Uint8Array, apdu: Apdu & { kind: "unconfirmed-request" }, station: Station): void {
    if (apdu.service === unconfirmedServices.iAm || apdu.service === unconfirmedServices.covNotification)
      this.#decode(bytes, apdu.data, station);
  }

  /** Who asks us something gets an answer: silence would make it ask again. */
  #asked(bytes: Uint8Array, apdu: Apdu & { kind: "confirmed-request" }, station: Station): void {
    const { invokeId, service } = apdu;
    const answer = (reply: Apdu) => {
      const npdu = npduFor(encodeApdu(reply), station, false);
      this.#send({ kind: "unicast", npdu }, station.udp).catch(() => undefined); // it will ask again
    };
    if (service !== confirmedServices.covNotification || apdu.segment)
      return answer({ kind: "reject", invokeId, reason: rejectReasons.unrecognizedService });
    const taken = this.#decode(bytes, apdu.data, station);
    if (taken) answer({ kind: "simple-ack", invokeId, service });
    else answer({ kind: "error", invokeId, service, data: unknownSubscription });
  }

  /** True when it was a notification that somebody waits for. */
  #decode(bytes: Uint8Array, data: Uint8Array, station: Station): boolean {
    if (!areWellFormed(data)) return false;
    let taken = false;
    const iAm = (heard: IAm) => {
      this.devices.get(heard.instance)?.heard(heard, station);
      for (const listener of [...this.#listeners]) listener(heard, station);
    };
    const cov = (notification: CovNotification) => {
      taken = this.devices.get(notification.instance)?.notified(notification) ?? false;
    };
    try {
      this.#parts.library.hear(bytes, station.udp, { iAm, cov });
    } catch (error) {
      this.#parts.log.debug("bacnet.not-understood", { from: station.udp, error });
    }
    return taken;
  }

  async #send(message: Parameters<typeof encodeBvlc>[0], to: UdpAddress): Promise<void> {
    const socket = this.#socket;
    if (!socket) throw new MapperError("DEVICE_ABORTED", `${this.name} is closed`);
    if (this.#lost) throw this.#lost;
    await socket.send(encodeBvlc(message), to);
  }
}

const npduFor = (apdu: Uint8Array, { remote }: Station, expectingReply: boolean): Uint8Array =>
  encodeNpdu({ apdu, expectingReply, ...(remote && { destination: remote }) });

/** Class and code of an error as two enumerated values (20.2.11). */
const unknownSubscription = Uint8Array.of(0x91, errorClassServices, 0x91, errorCodes.unknownSubscription);
