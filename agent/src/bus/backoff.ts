/** Delays between attempts: doubling from `firstMs` up to `longestMs`, each shortened by a random part. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * How long to wait before attempt number `attempt` (from 0). Between half and the whole of the doubled delay, so that
 * several agents do not come back in step.
 *
 * @param random from 0 to 1.
 */
export function backoffMs(attempt: number, { firstMs, longestMs }: BackoffLimits, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (0.5 + random / 2));
}
