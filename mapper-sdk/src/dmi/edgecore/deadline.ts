import { attempt } from "../../attempt.ts";
import type { Clock } from "../../clock.ts";
import { formatDuration } from "../../duration.ts";
import { MapperError } from "../../errors.ts";
import { linkSignals } from "../../linked-signal.ts";

/** How long something may take, for messages what it is, and what ends it before. */
export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly what: string;
  readonly signal: AbortSignal;
}

/** Runs `action` with a signal that aborts with the deadline, and rejects then, also when the action takes no notice. */
export async function withDeadline<T>(
  { clock, timeoutMs, what, signal }: Deadline,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const error = () => new MapperError("DEVICE_IO", `${what} did not end within ${formatDuration(timeoutMs)}`);
  using _ = clock.after(timeoutMs, () => late.abort(error()), { background: true });
  using link = linkSignals(signal, late.signal);
  return await attempt(() => action(link.signal), link.signal);
}
