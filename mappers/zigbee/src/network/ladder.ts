/** The first pause and the longest, in milliseconds. */
const firstMs = 1000;
const longestMs = 60_000;

/**
 * How long to wait before the dongle is tried for the `attempt`-th time, from 1 on: twice as long each time, and never
 * the same for two houses after one power cut.
 * @param random from 0 to 1.
 */
export function ladderMs(attempt: number, random: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 10));
  return Math.round(whole * (0.75 + random * 0.5));
}

/** Whether the `attempt`-th failure is worth a line in the log: the 1st, 2nd, 4th, 8th, then every 30th. */
export const isWorthSaying = (attempt: number): boolean =>
  attempt >= 16 ? attempt % 30 === 0 : Number.isInteger(Math.log2(attempt));
