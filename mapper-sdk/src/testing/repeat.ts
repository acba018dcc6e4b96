import type { Clock, Timer } from "../clock.ts";

/** Calls `action` every `everyMs` from now on, until it is disposed: what changes in an emulated device by itself. */
export function repeat(clock: Clock, everyMs: number, action: () => void): Disposable {
  let timer: Timer;
  const arm = () => {
    timer = clock.after(everyMs, () => {
      arm();
      action();
    });
  };
  arm();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
