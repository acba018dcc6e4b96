import { crc16Modbus } from "@edgetwin/mapper-sdk/codecs";
import { answerLength } from "./answer-length.ts";
import type { Framing } from "./framing.ts";
import { type Adu, answers } from "./wire.ts";

/** Longer than any frame; what exceeds it in one exchange is noise. */
const mostBytes = 1024;

/** Bytes of the checksum, low byte first (Modbus over serial line 2.5.1.2). */
const crcLength = 2;

/**
 * The framing of Modbus RTU. The silence that ends a frame on the line does not survive USB adapters and TCP, so the end
 * is where the length that the function promises is reached and the checksum agrees. An answer is found behind noise
 * and behind what another unit says.
 */
export class RtuFraming implements Framing {
  #request: Adu | undefined;
  #received: Buffer = Buffer.alloc(0);

  get received(): Uint8Array {
    return this.#received;
  }

  request(adu: Adu): Uint8Array {
    this.#request = adu;
    this.#received = Buffer.alloc(0);
    return withCrc(adu);
  }

  receive(bytes: Uint8Array): Adu | undefined {
    if (!this.#request) return undefined;
    this.#received = Buffer.concat([this.#received, bytes]).subarray(-mostBytes);
    for (let from = 0; from + 4 <= this.#received.length; from++) {
      const rest = this.#received.subarray(from);
      if (!answers(this.#request, rest)) continue;
      const length = answerLength(this.#request, rest);
      if (length === undefined || rest.length < length + crcLength) continue;
      if (crc16Modbus(rest, 0, length) === rest.readUInt16LE(length)) return Uint8Array.from(rest.subarray(0, length));
    }
    return undefined;
  }
}

/** The frame of `adu`. */
export function withCrc(adu: Adu): Uint8Array {
  const frame = Buffer.alloc(adu.length + crcLength);
  frame.set(adu);
  frame.writeUInt16LE(crc16Modbus(adu), adu.length);
  return frame;
}
