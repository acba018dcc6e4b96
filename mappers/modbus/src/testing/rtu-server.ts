import { crc16Modbus } from "@edgetwin/mapper-sdk/codecs";
import type { Answering, EmulatedAnswer } from "./modbus-emulator.ts";

/** An answer as a frame. */
export interface EmulatedFrame {
  readonly bytes: Uint8Array;
  readonly afterMs: number;
}

/** The units' end of a stream of RTU frames. Requests may arrive in pieces. */
export class RtuServer {
  readonly #emulator: Answering;
  #pending: Buffer = Buffer.alloc(0);

  constructor(emulator: Answering) {
    this.#emulator = emulator;
  }

  receive(bytes: Uint8Array): EmulatedFrame[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const frames: EmulatedFrame[] = [];
    for (;;) {
      const length = requestLength(this.#pending);
      if (length === undefined || this.#pending.length < length) return frames;
      const frame = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      if (crc16Modbus(frame, 0, length - 2) !== frame.readUInt16LE(length - 2)) {
        this.#pending = Buffer.alloc(0); // units drop what is damaged, and wait for the next silence
        return frames;
      }
      const answer = this.#emulator.answer(Uint8Array.from(frame.subarray(0, -2)));
      if (answer) frames.push(framed(answer));
    }
  }
}

function framed({ adu, afterMs, garble }: EmulatedAnswer): EmulatedFrame {
  const frame = Buffer.alloc(adu.length + 2);
  frame.set(adu);
  frame.writeUInt16LE(crc16Modbus(adu), adu.length);
  return { bytes: garble(frame), afterMs };
}

/** Of a request with unit and checksum; undefined while that cannot be told. */
function requestLength(bytes: Uint8Array): number | undefined {
  const fixed: Readonly<Record<number, number>> = { 17: 4, 22: 10, 43: 7 };
  const code = bytes[1];
  if (code === undefined) return undefined;
  if (code === 15 || code === 16) return bytes[6] === undefined ? undefined : 9 + bytes[6];
  if (code === 23) return bytes[10] === undefined ? undefined : 13 + bytes[10];
  return fixed[code] ?? 8;
}
