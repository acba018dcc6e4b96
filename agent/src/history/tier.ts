const minute = 60_000;
const day = 86_400_000;

/** One resolution in which a property's past is kept. Milliseconds. */
export interface Tier {
  /** Length of a bucket, whole minutes; the buckets of all properties begin at multiples of it since 1970. */
  readonly stepMs: number;
  /** How long buckets are kept. */
  readonly keepMs: number;
  /** Buckets that wait for each other before they are written: a row for each would cost the card more than it says. */
  readonly rowBuckets: number;
}

/** Of numbers, finest first: a day by the minute, a month by the quarter of an hour, two years by six hours. */
export const tiers: readonly Tier[] = [
  { stepMs: minute, keepMs: day + 3_600_000, rowBuckets: 1 },
  { stepMs: 15 * minute, keepMs: 31 * day, rowBuckets: 8 },
  { stepMs: 360 * minute, keepMs: 731 * day, rowBuckets: 4 },
];

/** Where the changes of texts and switches are kept among the tiers of numbers. */
export const stateTier = tiers.length;
/** How long they are kept. */
export const stateKeepMs = 31 * day;

/** A span of time, wall-clock milliseconds, and in how many parts it is wanted. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

/** A {@link Range} as somebody asks for it now: nothing is known of what is still to come. */
export interface RangeNow extends Range {
  readonly nowMs: number;
}

/** Which tier answers: the coarsest that has a bucket for each point, of those that reach back to the beginning. */
export function tierFor({ fromMs, toMs, points, nowMs }: RangeNow): number {
  const wanted = (toMs - fromMs) / points;
  const reaching = tiers.findIndex(({ keepMs }) => nowMs - fromMs <= keepMs);
  const first = reaching === -1 ? tiers.length - 1 : reaching;
  const coarsest = tiers.reduce((best, { stepMs }, index) => (stepMs <= wanted ? index : best), 0);
  return Math.max(first, coarsest);
}
