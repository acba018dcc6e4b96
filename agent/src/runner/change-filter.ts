import { sameValue, type Value } from "@edgetwin/mapper-sdk";

/** Which readings of a property are worth passing on. */
export interface ChangeFilter {
  /** A number that moved by no more than this from the last one passed on is noise. */
  readonly deadBand: number;
  /** Noise is passed on all the same when nothing was for this long, in milliseconds. */
  readonly heartbeatMs: number;
}

export const defaultFilter: ChangeFilter = { deadBand: 0, heartbeatMs: 60_000 };

/** What was passed on last, and when on the monotonic clock. */
export interface LastPassed {
  readonly value: Value;
  readonly monotonicMs: number;
}

/** Whether `value` is passed on. An equal value is: it makes the reported one younger and costs no write. */
export function passes(
  { deadBand, heartbeatMs }: ChangeFilter,
  last: LastPassed | undefined,
  now: LastPassed,
): boolean {
  if (!last || deadBand === 0 || sameValue(last.value, now.value)) return true;
  if (now.monotonicMs - last.monotonicMs >= heartbeatMs) return true;
  const [before, after] = [Number(last.value), Number(now.value)];
  return !(Math.abs(after - before) <= deadBand);
}
