import type { Clock } from "@edgetwin/mapper-sdk";

/** What may be done in one go, and how often from then on. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limits how often something is done, without a timer. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor({ clock, ...rate }: Rate & { readonly clock: Clock }) {
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate.burst;
    this.#at = clock.monotonic();
  }

  /** Whether it may be done once more now; counts it when it may. */
  take(): boolean {
    const { burst, perSecond } = this.#rate;
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
