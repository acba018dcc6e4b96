import type { SegmentPlace } from "../wire/apdu.ts";

/** Segments we take before an acknowledgement (ASHRAE 135 5.3). */
const ourWindow = 16;
/** More than any property of a building has. */
const mostBytes = 1_048_576;

/** What to do about a segment. */
export interface SegmentOutcome {
  /** Acknowledge this sequence number with this window. */
  readonly ack?: { readonly sequence: number; readonly window: number; readonly negative: boolean };
  /** All segments are there. */
  readonly whole?: Uint8Array;
  /** Give up: the answer is larger than anything we asked for. */
  readonly tooLong?: true;
}

/**
 * Puts the segments of an answer together, as 5.4.4.4 has it. A doubled segment is acknowledged again only where its
 * acknowledgement may be missing, a gap is told once: doubled datagrams must not double each other.
 */
export class Reassembly {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #count = 0;
  #ackedCount = 0;
  #window = 1;
  #gapTold = false;

  /** The segment at `place`; a sequence number is the count modulo 256. */
  take({ sequence, window, moreFollows }: SegmentPlace, data: Uint8Array): SegmentOutcome {
    this.#window = Math.max(1, Math.min(window, ourWindow));
    const ahead = (sequence - this.#count) & 0xff;
    if (ahead !== 0) return this.#unexpected(ahead);
    this.#gapTold = false;
    this.#parts.push(data);
    this.#bytes += data.length;
    if (this.#bytes > mostBytes) return { tooLong: true };
    this.#count++;
    if (!moreFollows) return { ...this.#ack(false), whole: Buffer.concat(this.#parts) };
    // The first segment comes alone; it tells the window for those behind it.
    const isDue = this.#count === 1 || this.#count - this.#ackedCount >= this.#window;
    return isDue ? this.#ack(false) : {};
  }

  #unexpected(ahead: number): SegmentOutcome {
    const isBehind = ahead >= 128;
    if (isBehind) return 256 - ahead === 1 && this.#count === this.#ackedCount ? this.#ack(false) : {};
    if (this.#gapTold || this.#count === 0) return {};
    this.#gapTold = true;
    return this.#ack(true);
  }

  #ack(negative: boolean): SegmentOutcome {
    this.#ackedCount = this.#count;
    return { ack: { sequence: (this.#count - 1) & 0xff, window: this.#window, negative } };
  }
}
