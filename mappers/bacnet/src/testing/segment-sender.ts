import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import { type Apdu, encodeApdu } from "../wire/apdu.ts";

/** What an answer that is too long is cut by. */
export interface Segmenting {
  readonly clock: Clock;
  /** Octets of one APDU. */
  readonly apduLength: number;
  readonly window: number;
  readonly timeoutMs: number;
  send(apdu: Uint8Array): void;
  over(): void;
}

/** Octets before the data of a segment of a ComplexACK (ASHRAE 135 20.1.5). */
const headLength = 5;
const mostTries = 3;

/** Sends an answer in segments, as 5.4.5.3 has it: one, then as many as the other side takes before it acknowledges. */
export class SegmentSender {
  readonly #answer: Apdu & { kind: "complex-ack" };
  readonly #segmenting: Segmenting;
  readonly #segments: readonly Uint8Array[];
  #next = 0;
  #window = 1;
  #tries = 0;
  #timer: Timer | undefined;

  constructor(answer: Apdu & { kind: "complex-ack" }, segmenting: Segmenting) {
    this.#answer = answer;
    this.#segmenting = segmenting;
    const size = segmenting.apduLength - headLength;
    const count = Math.ceil(answer.data.length / size);
    this.#segments = Array.from({ length: count }, (_, index) =>
      answer.data.subarray(index * size, (index + 1) * size),
    );
  }

  get count(): number {
    return this.#segments.length;
  }

  begin(): void {
    this.#send(0);
  }

  /** What the other side acknowledges: everything up to `sequence`. */
  take({ sequence, window }: Apdu & { kind: "segment-ack" }): void {
    const acknowledged = this.#next - (((this.#next - 1 - sequence) & 0xff) % 256);
    if (acknowledged > this.#next) return;
    if (acknowledged >= this.#segments.length) return this.#end();
    this.#tries = 0;
    this.#window = Math.max(1, window);
    this.#send(acknowledged);
  }

  /** Forgets it. */
  stop(): void {
    this.#timer?.[Symbol.dispose]();
  }

  #send(from: number): void {
    const { clock, timeoutMs, window, send } = this.#segmenting;
    const to = Math.min(from + this.#window, this.#segments.length);
    for (let index = from; index < to; index++) {
      const segment = { sequence: index & 0xff, window, moreFollows: index < this.#segments.length - 1 };
      send(encodeApdu({ ...this.#answer, data: this.#segments[index] as Uint8Array, segment }));
    }
    this.#next = to;
    this.stop();
    this.#timer = clock.after(timeoutMs, () => (++this.#tries > mostTries ? this.#end() : this.#send(from)));
  }

  #end(): void {
    this.stop();
    this.#segmenting.over();
  }
}
