/** How long to wait after a failure: of a device, a write or a broker. */
export interface Backoff {
  readonly firstMs: number;
  readonly capMs: number;
}

/** For devices and writes: half a second first, a minute at most, never giving up. */
export const deviceBackoff: Backoff = { firstMs: 500, capMs: 60_000 };

/**
 * Milliseconds before the next try after `failures` failures in a row: doubled each time up to the cap, of which a
 * random half, so that fifty devices behind one switch do not come back in step.
 */
export function backoffMs({ firstMs, capMs }: Backoff, failures: number, random: () => number): number {
  const full = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
