import type { Timer } from "@edgetwin/mapper-sdk";
import type { ManualClock } from "@edgetwin/mapper-sdk/testing";

/**
 * Puts the timers and the date of everything in this process on a clock that a test moves. The library takes its time
 * from the global functions and cannot be given a clock; sockets keep their own, which nothing here waits for. Call it
 * before the library is loaded, in a test file of its own.
 */
export function takeGlobalTimers(clock: ManualClock): void {
  class GlobalTimer {
    #timer: Timer;
    constructor(ms: number, action: () => void, repeats: boolean) {
      const arm = (): Timer =>
        clock.after(ms, () => {
          if (repeats) this.#timer = arm();
          action();
        });
      this.#timer = arm();
    }
    ref = () => this;
    unref = () => this;
    hasRef = () => true;
    cancel(): void {
      this.#timer[Symbol.dispose]();
    }
  }
  const start =
    (repeats: boolean) =>
    (action: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) =>
      new GlobalTimer(Math.max(1, ms ?? 1), () => action(...given), repeats);
  const cancel = (timer: unknown) => {
    if (timer instanceof GlobalTimer) timer.cancel();
  };
  Object.assign(globalThis, {
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: cancel,
    clearInterval: cancel,
  });
  Date.now = () => clock.now();
}
