import type { Clock, Timer } from "@edgetwin/mapper-sdk";

/** The way to a controller, as those who wait for its answers have to know it. */
export interface WayToController {
  /** Whether it is held up, e.g. by the controller's flow control. */
  readonly isBlocked: boolean;
  /** Resolves when it is free. */
  flushed(): Promise<void>;
}

/** Calls `action` after `delayMs` in which the way was free at the end: nobody is late with what has not reached him. */
export function patientTimer(clock: Clock, delayMs: number, way: WayToController, action: () => void): Timer {
  let isDisposed = false;
  let timer: Timer;
  const arm = () => {
    timer = clock.after(delayMs, () => {
      if (!way.isBlocked) return action();
      void way.flushed().then(() => {
        if (!isDisposed) arm();
      });
    });
  };
  arm();
  return {
    [Symbol.dispose]() {
      isDisposed = true;
      timer[Symbol.dispose]();
    },
  };
}
