export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long to wait after so many failures in a row: doubled each time, and spread so that many do not come at once. */
export function backoffMs(failures: number, { firstMs, longestMs, random }: BackoffOptions): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return full * (0.5 + random() / 2);
}
