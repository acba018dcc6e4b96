import { type Clock, delay } from "@edgetwin/mapper-sdk";
import { TokenBucket } from "../token-bucket.ts";

/** Pushed values of all devices of one mapper, for metrics. */
export interface PushFigures {
  /** Passed on. */
  taken: number;
  /** Not passed on because a newer one of the same property came too soon. */
  skipped: number;
}

/** What stands between a device that pushes and the twin. */
export interface PushGate {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly figures: PushFigures;
  readonly take: (value: unknown) => void;
}

/** What one property may push in one go, and a second from then on; of more than that the newest counts. */
export const pushRate = { burst: 100, perSecond: 50 };
/** A driver that pushes without ever waiting lets nothing else run; this many values later everybody else has a turn. */
const turnEvery = 64;

/**
 * Passes on what one property pushes until it ends. A flood is thinned out, the newest value always gets through, and
 * the rest of the agent goes on meanwhile. Rejects as `pushed` does.
 */
export async function followPushes(pushed: AsyncIterable<unknown>, gate: PushGate): Promise<void> {
  const { clock, figures, take } = gate;
  const bucket = new TokenBucket({ ...pushRate, clock });
  const trailing = new Trailing(gate, bucket);
  let count = 0;
  try {
    for await (const value of pushed) {
      if (++count % turnEvery === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      if (!trailing.isWaiting && bucket.take()) {
        figures.taken++;
        take(value);
      } else trailing.put(value);
    }
  } finally {
    trailing.flush();
  }
}

/** The newest value that had to wait. */
class Trailing {
  readonly #gate: PushGate;
  readonly #bucket: TokenBucket;
  #value: { readonly value: unknown } | undefined;

  constructor(gate: PushGate, bucket: TokenBucket) {
    this.#gate = gate;
    this.#bucket = bucket;
  }

  get isWaiting(): boolean {
    return this.#value !== undefined;
  }

  put(value: unknown): void {
    const isFirst = this.#value === undefined;
    this.#value = { value };
    if (isFirst) void this.#later();
    else this.#gate.figures.skipped++;
  }

  /** Passes on what waits, now. */
  flush(): void {
    const waiting = this.#value;
    this.#value = undefined;
    if (!waiting || this.#gate.signal.aborted) return;
    this.#gate.figures.taken++;
    this.#gate.take(waiting.value);
  }

  async #later(): Promise<void> {
    const { clock, signal } = this.#gate;
    await delay(clock, 1000 / pushRate.perSecond, signal).catch(() => {});
    this.#bucket.take();
    this.flush();
  }
}
