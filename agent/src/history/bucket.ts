/**
 * What a number did in one step of a tier. NaN stands for "unknown": all four when there was no good value at all, `last`
 * alone when the value was lost before the step was over. After a bucket `last` holds until the next one: steps in which
 * nothing changed are not kept.
 */
export interface Bucket {
  /** Beginning of the step, wall-clock milliseconds; a whole minute. */
  readonly at: number;
  readonly min: number;
  readonly max: number;
  /** Weighted by time. */
  readonly mean: number;
  readonly last: number;
}

const minuteMs = 60_000;
/** One number stands for all four. */
const steady = 1;
const headBytes = 5;

const isSteady = ({ min, max, mean, last }: Bucket): boolean =>
  Object.is(min, max) && Object.is(min, mean) && Object.is(min, last);

/** Buckets as bytes, little-endian: the minute since 1970 (u32), flags (u8), then one or four doubles. */
export function packBuckets(buckets: readonly Bucket[]): Uint8Array {
  const sizes = buckets.map((bucket) => headBytes + (isSteady(bucket) ? 8 : 32));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const bucket of buckets) {
    const one = isSteady(bucket);
    view.setUint32(offset, Math.floor(bucket.at / minuteMs), true);
    view.setUint8(offset + 4, one ? steady : 0);
    offset += headBytes;
    const { min, max, mean, last } = bucket;
    for (const value of one ? [last] : [min, max, mean, last]) {
      view.setFloat64(offset, value, true);
      offset += 8;
    }
  }
  return bytes;
}

/** The other way; a bucket that was cut off is dropped. */
export function unpackBuckets(bytes: Uint8Array): Bucket[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const buckets: Bucket[] = [];
  for (let offset = 0; offset + headBytes <= bytes.byteLength; ) {
    const at = view.getUint32(offset, true) * minuteMs;
    const one = view.getUint8(offset + 4) === steady;
    offset += headBytes;
    if (offset + (one ? 8 : 32) > bytes.byteLength) break;
    const number = (place: number) => view.getFloat64(offset + place * 8, true);
    const [min, max, mean, last] = one ? Array<number>(4).fill(number(0)) : [0, 1, 2, 3].map(number);
    buckets.push({ at, min, max, mean, last } as Bucket);
    offset += one ? 8 : 32;
  }
  return buckets;
}
