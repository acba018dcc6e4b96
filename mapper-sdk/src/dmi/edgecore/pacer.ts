import type { Clock } from "../../clock.ts";

/**
 * How often EdgeCore can be called: one bucket of 100 calls for all mappers of a node, refilled by one a second. We count
 * on less, because others draw from it too.
 */
const mostCredit = 80;
const creditAtFirst = 40;
const refillMs = 1000;

/** Counts the calls that EdgeCore will take, as far as one mapper can know. */
export class Pacer {
  readonly #clock: Clock;
  #credit = creditAtFirst;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  /** Takes one call when more than `reserve` are left. */
  take(reserve = 0): boolean {
    this.#refill();
    if (this.#credit < reserve + 1) return false;
    this.#credit--;
    return true;
  }

  /** Milliseconds until `take` with this reserve has a chance. */
  waitMs(reserve = 0): number {
    this.#refill();
    return Math.max(0, Math.ceil((reserve + 1 - this.#credit) * refillMs));
  }

  /** EdgeCore refused a call: whatever we believed, there is none left. */
  empty(): void {
    this.#refill();
    this.#credit = Math.min(this.#credit, 0);
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    this.#credit = Math.min(mostCredit, this.#credit + (now - this.#at) / refillMs);
    this.#at = now;
  }
}
