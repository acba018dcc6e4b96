import type { Framing } from "./framing.ts";
import { type Adu, answers } from "./wire.ts";

/** Transaction, protocol and length; the unit identifier counts to what follows (Modbus messaging on TCP/IP 3.1.3). */
const headerLength = 6;

/** The longest unit identifier and PDU. */
const longestAdu = 254;

/** The framing of Modbus TCP. The transaction identifier tells late answers from the one that is waited for. */
export class MbapFraming implements Framing {
  #transaction = 0;
  #request: Adu | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #dropped: Uint8Array = new Uint8Array();

  get received(): Uint8Array {
    return this.#pending.length > 0 ? this.#pending : this.#dropped;
  }

  request(adu: Adu): Uint8Array {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    this.#request = adu;
    this.#dropped = new Uint8Array();
    const frame = Buffer.alloc(headerLength + adu.length);
    frame.writeUInt16BE(this.#transaction, 0);
    frame.writeUInt16BE(adu.length, 4);
    frame.set(adu, headerLength);
    return frame;
  }

  /** @throws Error when the stream is not Modbus TCP, or no longer in step: only a new connection helps. */
  receive(bytes: Uint8Array): Adu | undefined {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= headerLength) {
      const protocol = this.#pending.readUInt16BE(2);
      const length = this.#pending.readUInt16BE(4);
      if (protocol !== 0 || length < 2 || length > longestAdu) {
        const header = this.#pending.subarray(0, headerLength).toString("hex");
        throw new Error(`the other side does not speak Modbus TCP: 0x${header} is no header of it`);
      }
      if (this.#pending.length < headerLength + length) return undefined;
      const transaction = this.#pending.readUInt16BE(0);
      const adu = Uint8Array.from(this.#pending.subarray(headerLength, headerLength + length));
      this.#pending = this.#pending.subarray(headerLength + length);
      if (transaction === this.#transaction && this.#request && answers(this.#request, adu)) return adu;
      this.#dropped = adu;
    }
    return undefined;
  }
}
