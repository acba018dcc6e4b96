import type { Clock } from "@edgetwin/mapper-sdk";
import { packetKind } from "../hci/h4-parser.ts";
import { channel } from "../hci/opcodes.ts";
import type { SimDevice } from "./sim-device.ts";

/** Bytes of data that one packet of the controller carries: the least that every controller has. */
export const aclBytes = 27;

/** The link between the controller and one device: packets cut to what the controller carries, and put together. */
export class SimLink {
  readonly handle: number;
  readonly device: SimDevice;
  readonly #clock: Clock;
  readonly #send: (packet: Buffer) => void;
  #incoming: { readonly channel: number; readonly length: number; data: Buffer } | undefined;
  #ended = false;

  constructor(handle: number, device: SimDevice, { clock, send }: { clock: Clock; send: (packet: Buffer) => void }) {
    this.handle = handle;
    this.device = device;
    this.#clock = clock;
    this.#send = send;
    device.connections++;
    device.server.connected((packet) => this.#transmit(channel.att, packet));
  }

  /** The link is gone. */
  end(): void {
    this.#ended = true;
    this.device.server.disconnected();
  }

  /** A packet of data from the host, without its header. `begins`: it is the first of its frame. */
  receive(data: Buffer, begins: boolean): void {
    if (begins) {
      if (data.length < 4) return;
      this.#incoming = {
        length: data.readUInt16LE(0),
        channel: data.readUInt16LE(2),
        data: Buffer.from(data.subarray(4)),
      };
    } else if (this.#incoming) this.#incoming.data = Buffer.concat([this.#incoming.data, data]);
    const frame = this.#incoming;
    if (!frame || frame.data.length < frame.length) return;
    this.#incoming = undefined;
    if (!this.device.isMute) this.#answer(frame.channel, frame.data);
  }

  #answer(on: number, data: Buffer): void {
    if (on === channel.att && data.length > 0) {
      const answer = this.device.server.answer(data);
      if (answer) this.#transmit(channel.att, answer);
    }
    const pairingRequest = 0x01;
    const pairingFailed = Buffer.of(0x05, 0x05); // pairing is not supported (Core 5.4, volume 3, part H 3.5.5)
    if (on === channel.smp && data[0] === pairingRequest) this.#transmit(channel.smp, pairingFailed);
  }

  #transmit(on: number, payload: Buffer): void {
    const frame = Buffer.concat([Buffer.of(payload.length & 0xff, payload.length >> 8, on & 0xff, on >> 8), payload]);
    for (let at = 0; at < frame.length; at += aclBytes) {
      const part = frame.subarray(at, at + aclBytes);
      const flags = at === 0 ? 0x2000 : 0x1000;
      const header = Buffer.alloc(5);
      header.writeUInt8(packetKind.acl, 0);
      header.writeUInt16LE(this.handle | flags, 1);
      header.writeUInt16LE(part.length, 3);
      // On the air it takes a moment, during which the link may go.
      this.#clock.after(
        1,
        () => {
          if (!this.#ended) this.#send(Buffer.concat([header, part]));
        },
        { background: true },
      );
    }
  }
}
