/** What a frame is (TI, Z-Stack Monitor and Test API 2.1): a request that is answered, one that is not, an answer. */
export const mtTypes = { request: 1, event: 2, answer: 3 } as const;

/** One frame of the monitor and test interface. */
export interface MtFrame {
  /** One of {@link mtTypes}. */
  readonly type: number;
  /** SYS 1, AF 4, ZDO 5, UTIL 7, APP_CNF 15. */
  readonly subsystem: number;
  readonly command: number;
  readonly payload: Buffer;
}

/** Start of frame (Unified Network Processor Interface 2.3). */
const start = 0xfe;
/** The most that the one byte of length may say (MT API 2.1.1). */
const longestPayload = 250;

/** The frame as it goes over the wire. */
export function encodeMtFrame({ type, subsystem, command, payload }: MtFrame): Buffer {
  const body = Buffer.concat([Buffer.of(payload.length, (type << 5) | subsystem, command), payload]);
  return Buffer.concat([Buffer.of(start), body, Buffer.of(checksum(body))]);
}

/** Finds frames in a stream of bytes, also behind noise. */
export class MtFrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes what arrived; returns the frames that are complete by now. */
  push(bytes: Uint8Array): MtFrame[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const frames: MtFrame[] = [];
    for (;;) {
      const from = this.#pending.indexOf(start);
      this.#pending = from < 0 ? Buffer.alloc(0) : this.#pending.subarray(from);
      const length = this.#pending[1];
      if (length === undefined) return frames;
      const end = length + 5;
      if (length <= longestPayload && this.#pending.length < end) return frames;
      const body = this.#pending.subarray(1, end - 1);
      if (length > longestPayload || checksum(body) !== this.#pending[end - 1]) {
        this.#pending = this.#pending.subarray(1); // no frame begins here; the next start may be inside
        continue;
      }
      const [, first = 0, command = 0] = body;
      frames.push({ type: first >> 5, subsystem: first & 0x1f, command, payload: Buffer.from(body.subarray(3)) });
      this.#pending = this.#pending.subarray(end);
    }
  }
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}
