import { EventEmitter } from "node:events";
import { decodeBvlc, encodeBvlc } from "../wire/bvlc.ts";
import { decodeNpdu, encodeNpdu } from "../wire/npdu.ts";

/**
 * What both libraries take for their UDP transport. It keeps the request that a library wants to send, and hands it what
 * has arrived; nothing here is on a network.
 */
export class LibraryPort extends EventEmitter {
  #sent: Uint8Array | undefined;

  getBroadcastAddress(): string {
    return "255.255.255.255";
  }

  /** The largest datagram of BACnet/IP (ASHRAE 135 Annex J). */
  getMaxPayload(): number {
    return 1482;
  }

  open(): void {}

  close(): void {}

  send(buffer: Buffer, length: number): void {
    const message = decodeBvlc(buffer.subarray(0, length));
    const npdu = message && "npdu" in message ? decodeNpdu(message.npdu) : undefined;
    if (npdu) this.#sent = npdu.apdu;
  }

  /** The APDU that was sent last. */
  take(): Uint8Array {
    if (!this.#sent) throw new TypeError("the library sent nothing");
    return this.#sent;
  }

  /** Hands an APDU to the library; throws what its decoder throws. */
  deliver(apdu: Uint8Array, from = "127.0.0.1:1"): void {
    const npdu = encodeNpdu({ apdu, expectingReply: false });
    this.emit("message", Buffer.from(encodeBvlc({ kind: "unicast", npdu })), from);
  }
}

/** The libraries wait with timers of their own, which must not be the first to give up. */
export const neverMs = 2 ** 31 - 1;
