/** Allows a rate in the long run and a burst at once. Time is given, in milliseconds that never jump back. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  constructor({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }, now: number) {
    this.#perMs = perSecond / 1000;
    this.#most = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes one; false when that was more than allowed, so that nothing should be taken for a while. */
  take(now: number): boolean {
    this.#refill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }

  /** Takes one if there is one. */
  tryTake(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Whether a few may be taken again. */
  isReady(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= Math.min(this.#most, 10);
  }

  #refill(now: number): void {
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
