import type { Clock } from "@edgetwin/mapper-sdk";

/** Resolves when `event` does, or when `ms` are over; rejects with the signal's reason when it aborts first. */
export function waitUpTo(clock: Clock, ms: number, event: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal?.reason));
    const timer = clock.after(ms, () => end(resolve));
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    event.then(
      () => end(resolve),
      () => end(resolve),
    );
  });
}
