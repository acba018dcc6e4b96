import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Accumulator } from "./accumulator.ts";
import { type Bucket, packBuckets, unpackBuckets } from "./bucket.ts";
import { resample } from "./resample.ts";
import { tierFor, tiers } from "./tier.ts";

const stepMs = 60_000;
/** A whole minute, and a time within it. */
const minute = 1_700_000_040_000;
const start = minute + 35_000;

/** Values and how long each of them held; NaN for none. */
const course = fc.array(
  fc.record({
    value: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(Number.NaN)),
    forMs: fc.integer({ min: 1, max: 200_000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

type Course = readonly { readonly value: number; readonly forMs: number }[];

function play(values: Course): { readonly buckets: readonly Bucket[]; readonly end: number } {
  const accumulator = new Accumulator(stepMs);
  const buckets: Bucket[] = [];
  let at = start;
  for (const { value, forMs } of values) {
    buckets.push(...accumulator.add(at, value));
    at += forMs;
  }
  buckets.push(...accumulator.advance(at));
  const open = accumulator.open(at);
  return { buckets: open ? [...buckets, open] : buckets, end: at };
}

/** What the course itself says of a span. */
function truth(values: Course, from: number, to: number) {
  let [at, min, max, integral, weight] = [start, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const { value, forMs } of values) {
    const overlap = Math.min(at + forMs, to) - Math.max(at, from);
    at += forMs;
    if (overlap <= 0 || Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    integral += value * overlap;
    weight += overlap;
  }
  return weight === 0 ? undefined : { min, max, mean: integral / weight };
}

describe("the past of a number", () => {
  test("is what the value was: extremes and mean of every step agree with its course", () => {
    fc.assert(
      fc.property(course, (values) => {
        const { buckets, end } = play(values);
        const fromMs = Math.floor(start / stepMs) * stepMs;
        const points = Math.ceil((end - fromMs) / stepMs);
        const range = { fromMs, toMs: fromMs + points * stepMs, points, nowMs: end };
        for (const { at, min, max, mean } of resample(buckets, stepMs, range)) {
          const expected = truth(values, at, Math.min(at + stepMs, end));
          if (!expected) {
            // A value that held for no time at all may be told as an extreme, never as a mean of something.
            assert.ok(mean === null || (min !== null && max !== null), String(at));
            continue;
          }
          assert.ok(mean !== null && min !== null && max !== null);
          assert.ok(min <= expected.min && max >= expected.max);
        }
      }),
    );
  });

  test("costs nothing while the value stands still, however long", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 500 }),
        (value, steps) => {
          const accumulator = new Accumulator(stepMs);
          const told = [...accumulator.add(start, value)];
          for (let step = 1; step <= steps; step++) told.push(...accumulator.advance(start + step * stepMs));
          assert.ok(told.length <= 1);
          assert.equal(told[0]?.last, value);
        },
      ),
    );
  });

  test("survives being packed", () => {
    fc.assert(
      fc.property(course, (values) => {
        const { buckets } = play(values);
        assert.deepEqual(unpackBuckets(packBuckets(buckets)), buckets);
      }),
    );
  });

  test("does not choke on bytes that are no buckets", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void unpackBuckets(bytes)));
  });
});

test("a step that was never told holds what was before it, and a lost value leaves a gap", () => {
  const at = (step: number) => minute + step * stepMs;
  const accumulator = new Accumulator(stepMs);
  const buckets = [
    ...accumulator.add(at(0), 10),
    ...accumulator.add(at(3), 20),
    ...accumulator.add(at(4), Number.NaN),
    ...accumulator.add(at(6), 30),
    ...accumulator.advance(at(8)),
  ];
  const points = resample(buckets, stepMs, { fromMs: at(-1), toMs: at(9), points: 10, nowMs: at(8) });
  assert.deepEqual(
    points.map(({ mean }) => mean),
    [null, 10, 10, 10, 20, null, null, 30, 30, null],
  );
});

test("a clock that is set back begins anew there", () => {
  const accumulator = new Accumulator(stepMs);
  accumulator.add(start + 10 * stepMs, 5);
  assert.deepEqual(accumulator.add(start, 6), []);
  assert.deepEqual(
    accumulator.advance(start + stepMs).map(({ last }) => last),
    [6],
  );
});

test("the resolution is the coarsest that is fine enough, among those that reach back", () => {
  const now = start;
  const ask = (hours: number, points: number) =>
    tiers[tierFor({ fromMs: now - hours * 3_600_000, toMs: now, points, nowMs: now })]?.stepMs;
  assert.equal(ask(1, 240), 60_000);
  assert.equal(ask(24, 240), 60_000);
  assert.equal(ask(24, 90), 900_000);
  assert.equal(ask(24 * 7, 240), 900_000);
  assert.equal(ask(24 * 365, 240), 21_600_000);
  assert.equal(ask(24 * 3000, 2000), 21_600_000);
});
