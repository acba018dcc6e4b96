/** Some addresses of one table: `start`, and `count` that follow, itself included. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** One request and what it reads. */
export interface PlannedRead<T extends Span> extends Span {
  readonly wanted: readonly T[];
}

/** How far reads may be merged. */
export interface MergeLimits {
  /** Addresses that nobody wants which may be read along between two wanted ones. */
  readonly maxGap: number;
  /** Addresses in one request. A span that is longer gets a request of its own. */
  readonly maxCount: number;
  /** Addresses before which a request must end, because the device refused one that went across. */
  readonly cuts?: ReadonlySet<number>;
}

/**
 * The fewest requests that read every span whole. Where more than `maxGap` addresses are not wanted, no request goes
 * across: some devices refuse, or hang, when they are asked for registers that they do not have.
 */
export function planReads<T extends Span>(spans: readonly T[], { maxCount, ...apart }: MergeLimits): PlannedRead<T>[] {
  const reads: PlannedRead<T>[] = [];
  for (const island of islands(spans, apart)) {
    // The first span has to be in some request; one that begins with it and takes all that fit leaves the least behind.
    let rest = island;
    while (rest.length > 0) {
      const start = (rest[0] as T).start;
      const first = rest[0];
      const fits = (span: T) => span === first || endOf(span) <= start + maxCount;
      const wanted = rest.filter(fits);
      const end = Math.max(...wanted.map(endOf));
      reads.push({ start, count: end - start, wanted });
      rest = rest.filter((span) => !fits(span));
    }
  }
  return reads;
}

/** Spans in order of their addresses, apart where more than `maxGap` addresses between them are not wanted. */
function islands<T extends Span>(spans: readonly T[], { maxGap, cuts }: Omit<MergeLimits, "maxCount">): T[][] {
  const found: T[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.count - b.count)) {
    if (span.start - end > maxGap || (span.start >= end && cuts?.has(span.start))) found.push([]);
    found.at(-1)?.push(span);
    end = Math.max(end, endOf(span));
  }
  return found;
}

/**
 * A request in two, by what it wants: where it reads the most addresses that nobody wants, else in the middle; undefined
 * when it wants a single span.
 */
export function splitRead<T extends Span>({
  wanted,
}: PlannedRead<T>): readonly [PlannedRead<T>, PlannedRead<T>] | undefined {
  if (wanted.length < 2) return undefined;
  let [widest, at] = [0, Math.ceil(wanted.length / 2)];
  let end = Number.POSITIVE_INFINITY;
  for (const [index, span] of wanted.entries()) {
    if (span.start - end > widest) [widest, at] = [span.start - end, index];
    end = index === 0 ? endOf(span) : Math.max(end, endOf(span));
  }
  return [around(wanted.slice(0, at)), around(wanted.slice(at))];
}

function around<T extends Span>(wanted: readonly T[]): PlannedRead<T> {
  const start = Math.min(...wanted.map((span) => span.start));
  return { start, count: Math.max(...wanted.map(endOf)) - start, wanted };
}

const endOf = ({ start, count }: Span): number => start + count;
