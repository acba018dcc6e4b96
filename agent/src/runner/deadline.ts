import type { Clock } from "@edgetwin/mapper-sdk";
import { linkSignals, MapperError } from "@edgetwin/mapper-sdk";

/** What a call needs to be given up in time. */
export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Completes "… did not answer within 10 s". */
  readonly what: string;
}

/** Runs `action` with a signal that aborts after `timeoutMs` or with `signal`; rejects then even if `action` does not. */
export async function withDeadline<T>(
  { clock, timeoutMs, signal, what }: Deadline,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  using link = linkSignals(signal, timeout.signal);
  let giveUp = (_: unknown) => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const onAbort = () => giveUp(link.signal.reason);
  link.signal.addEventListener("abort", onAbort, { once: true });
  using _timer = clock.after(timeoutMs, () =>
    timeout.abort(new MapperError("DEVICE_IO", `${what} did not answer within ${timeoutMs} ms`)),
  );
  if (link.signal.aborted) throw link.signal.reason;
  return await Promise.race([action(link.signal), givenUp]);
}
