/** Silences: how long a device is left alone after the first, and at most. */
const restMs = { first: 1_000, cap: 30_000 };

/**
 * Whether a device answers. One that does not is left alone for a while, then twice as long each time, so that readings
 * of it cost its network and its own queue nothing; somebody who waits may ask at once.
 */
export class DeviceHealth {
  #silences = 0;
  #askableAt = Number.NEGATIVE_INFINITY;

  get isSilent(): boolean {
    return this.#silences > 0;
  }

  /** Milliseconds until the device may be asked again; 0 when it may be asked now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#askableAt - nowMs);
  }

  /** Notes that it did not answer; returns how many times in a row. */
  wasSilent(nowMs: number): number {
    this.#askableAt = nowMs + Math.min(restMs.cap, restMs.first * 2 ** Math.min(this.#silences, 10));
    return ++this.#silences;
  }

  /** Notes that it was heard; true when it had been silent. */
  wasHeard(): boolean {
    const hadBeenSilent = this.#silences > 0;
    this.#silences = 0;
    this.#askableAt = Number.NEGATIVE_INFINITY;
    return hadBeenSilent;
  }
}
