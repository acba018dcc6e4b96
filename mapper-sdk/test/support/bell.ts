import assert from "node:assert/strict";
import { systemClock } from "@edgetwin/mapper-sdk";

/** How long a test waits for something that never comes. */
const patienceMs = 10_000;

/** Rung by everything a test looks at whenever that changed, so that nobody has to look again and again. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  /** Something changed, or does before the caller returns to the event loop. */
  readonly ring = (): void => {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  };

  /** Resolves as soon as `holds` does; fails the test when it never does. */
  async until(holds: () => boolean, what: () => string): Promise<void> {
    let isLate = false;
    using _ = systemClock.after(patienceMs, () => {
      isLate = true;
      this.ring();
    });
    while (!holds()) {
      if (isLate) assert.fail(`never came: ${what()}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
