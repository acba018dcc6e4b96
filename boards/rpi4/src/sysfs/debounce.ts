import type { Clock, Timer } from "@edgetwin/mapper-sdk";

/** How changes of a level are filtered. */
export interface DebounceOptions {
  readonly clock: Clock;
  /** The level must hold this long before it counts. */
  readonly debounceMs: number;
  /** The level at the start. */
  readonly level: boolean;
}

/**
 * Calls `report` with a level that has held for `debounceMs` and differs from the one reported before, so that a bounce
 * that ends where it began is never seen. For backends whose driver cannot do it.
 */
export class Debounce implements Disposable {
  readonly #options: DebounceOptions;
  readonly #report: (level: boolean) => void;
  #settled: boolean;
  #timer: Timer | undefined;

  constructor(options: DebounceOptions, report: (level: boolean) => void) {
    this.#options = options;
    this.#report = report;
    this.#settled = options.level;
  }

  /** Takes a level as the driver saw it. */
  take(level: boolean): void {
    this[Symbol.dispose]();
    this.#timer = this.#options.clock.after(this.#options.debounceMs, () => {
      if (level === this.#settled) return;
      this.#settled = level;
      this.#report(level);
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
