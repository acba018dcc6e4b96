import { type Clock, delay } from "@edgetwin/mapper-sdk";

/** Does `work` again and again, with a pause between its end and its next beginning, until it is disposed. */
export function repeat(
  { everyMs, clock }: { readonly everyMs: number; readonly clock: Clock },
  work: (signal: AbortSignal) => Promise<void>,
): AsyncDisposable {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await delay(clock, everyMs, stop.signal).catch(() => {});
      if (!stop.signal.aborted) await work(stop.signal);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
