import type { Bucket } from "./bucket.ts";
import type { RangeNow } from "./tier.ts";

/** What a chart shows of one span of time; nulls where nothing is known. */
export interface Point {
  /** Beginning of the span, wall-clock milliseconds. */
  readonly at: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Weighted by time. */
  readonly mean: number | null;
}

/**
 * Buckets as `points` spans of equal length. Between buckets the last value holds. `buckets` are in order of time, may overlap
 * where a step was written in two parts, and may begin before the range: what holds at its start comes from there.
 */
export function resample(buckets: readonly Bucket[], stepMs: number, range: RangeNow): Point[] {
  const { fromMs, toMs, points, nowMs } = range;
  const span = (toMs - fromMs) / points;
  const found: Point[] = [];
  let next = 0;
  let held = Number.NaN;
  for (; next < buckets.length && endOf(buckets[next], stepMs) <= fromMs; next++) held = buckets[next]?.last ?? held;
  for (let index = 0; index < points; index++) {
    const start = fromMs + index * span;
    const end = Math.min(start + span, Math.max(start, nowMs));
    const sum = new Sum();
    let known = start;
    for (let at = next; at < buckets.length; at++) {
      const bucket = buckets[at] as Bucket;
      if (bucket.at >= end) break;
      const begins = Math.max(bucket.at, start);
      const ends = Math.min(endOf(bucket, stepMs), end);
      if (begins > known) sum.add({ min: held, max: held, mean: held }, begins - known);
      if (ends > begins) sum.add(bucket, ends - begins);
      known = Math.max(known, ends);
      if (endOf(bucket, stepMs) <= end) {
        held = bucket.last;
        next = at + 1;
      }
    }
    if (known < end) sum.add({ min: held, max: held, mean: held }, end - known);
    found.push(sum.point(start));
  }
  return found;
}

class Sum {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #integral = 0;
  #weight = 0;

  add({ min, max, mean }: Pick<Bucket, "min" | "max" | "mean">, weight: number): void {
    if (Number.isNaN(min)) return;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#integral += mean * weight;
    this.#weight += weight;
  }

  point(at: number): Point {
    if (this.#weight === 0) return { at, min: null, max: null, mean: null };
    return { at, min: this.#min, max: this.#max, mean: this.#integral / this.#weight };
  }
}

const endOf = (bucket: Bucket | undefined, stepMs: number): number =>
  bucket === undefined ? Number.POSITIVE_INFINITY : bucket.at + stepMs;
