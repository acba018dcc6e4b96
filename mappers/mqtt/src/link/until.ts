/** Settles with what `start` says, or rejects with the reason of the first signal that aborts. */
export function until<T>(
  signals: readonly AbortSignal[],
  start: (done: (value: T) => void, failed: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = (outcome: () => void) => {
      for (const [index, signal] of signals.entries())
        signal.removeEventListener("abort", listeners[index] as () => void);
      outcome();
    };
    const listeners = signals.map((signal) => () => settle(() => reject(signal.reason)));
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted) return reject(aborted.reason);
    for (const [index, signal] of signals.entries())
      signal.addEventListener("abort", listeners[index] as () => void, { once: true });
    start(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
