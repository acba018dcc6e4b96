/** A timer that was set; disposing it before it is due cancels it. */
export interface Timer extends Disposable {}

/** The only source of time. Nothing else calls `Date.now`, `performance.now` or `setTimeout`; tests use `ManualClock`. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970. May jump: a Pi has no battery-backed clock. */
  now(): number;
  /** Milliseconds since an arbitrary start; never jumps back. Durations are measured with this one. */
  monotonic(): number;
  /** Calls `action` once after `delayMs`, however long that is. `background` timers do not keep the process alive. */
  after(delayMs: number, action: () => void, options?: { readonly background?: boolean }): Timer;
}

/** The most `setTimeout` takes, about 24.8 days; it fires at once for anything beyond. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, action, { background = false } = {}) {
    // Nearly all of them, and a hundred devices set a hundred every second: no closure that may set another one.
    if (delayMs <= longestTimeoutMs) {
      const once = setTimeout(action, delayMs);
      if (background) once.unref();
      return { [Symbol.dispose]: () => clearTimeout(once) };
    }
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      const nowMs = Math.min(leftMs, longestTimeoutMs);
      timer = setTimeout(() => (leftMs > nowMs ? arm(leftMs - nowMs) : action()), nowMs);
      if (background) timer.unref();
    };
    arm(delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
