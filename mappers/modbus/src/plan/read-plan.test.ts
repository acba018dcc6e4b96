import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MergeLimits, planReads, type Span, splitRead } from "./read-plan.ts";

const span = fc.record({ start: fc.nat(40), count: fc.integer({ min: 1, max: 4 }) });
const spans = fc.array(span, { maxLength: 12 });
const limits = fc.record({ maxGap: fc.nat(6), maxCount: fc.integer({ min: 4, max: 20 }) });

const addressesOf = ({ start, count }: Span): number[] => Array.from({ length: count }, (_, index) => start + index);
const endOf = ({ start, count }: Span): number => start + count;

/** The fewest groups that keep the limits, by trying all partitions. */
function fewest(spans: readonly Span[], { maxGap, maxCount }: MergeLimits): number {
  const wantedAddresses = new Set(spans.flatMap(addressesOf));
  const allowed = (group: readonly Span[]): boolean => {
    const start = Math.min(...group.map((one) => one.start));
    const end = Math.max(...group.map(endOf));
    if (end - start > maxCount) return false;
    let unwanted = 0;
    for (let address = start; address < end; address++) {
      unwanted = wantedAddresses.has(address) ? 0 : unwanted + 1;
      if (unwanted > maxGap) return false;
    }
    return true;
  };
  const best = (rest: readonly Span[], groups: readonly (readonly Span[])[]): number => {
    const [first, ...others] = rest;
    if (!first) return groups.every(allowed) ? groups.length : Number.POSITIVE_INFINITY;
    const joined = groups.map((_, at) =>
      best(
        others,
        groups.map((group, index) => (index === at ? [...group, first] : group)),
      ),
    );
    return Math.min(...joined, best(others, [...groups, [first]]));
  };
  return best(spans, []);
}

test("every span is read whole, by exactly one request that keeps to the limit", () => {
  fc.assert(
    fc.property(spans, limits, (spans, limits) => {
      const plan = planReads(spans, limits);
      assert.deepEqual(
        plan.flatMap(({ wanted }) => wanted).sort((a, b) => a.start - b.start || a.count - b.count),
        [...spans].sort((a, b) => a.start - b.start || a.count - b.count),
      );
      for (const read of plan) {
        assert.ok(read.count <= limits.maxCount);
        for (const one of read.wanted) assert.ok(one.start >= read.start && endOf(one) <= endOf(read));
      }
    }),
  );
});

test("no request reads more unwanted addresses in a row than the gap allows, and none at all when it is 0", () => {
  fc.assert(
    fc.property(spans, limits, (spans, limits) => {
      const wanted = new Set(spans.flatMap(addressesOf));
      for (const read of planReads(spans, limits)) {
        let unwanted = 0;
        for (const address of addressesOf(read)) {
          unwanted = wanted.has(address) ? 0 : unwanted + 1;
          assert.ok(unwanted <= limits.maxGap);
        }
        assert.ok(wanted.has(read.start) && wanted.has(endOf(read) - 1));
      }
    }),
  );
});

test("there is no way with fewer requests", () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 6 }), limits, (spans, limits) => {
      assert.equal(planReads(spans, limits).length, fewest(spans, limits));
    }),
    { numRuns: 300 },
  );
});

test("a cut keeps requests from reaching across it, and only those", () => {
  const spans = [0, 2, 4, 6].map((start) => ({ start, count: 2 }));
  const plan = planReads(spans, { maxGap: 0, maxCount: 10, cuts: new Set([4]) });
  assert.deepEqual(
    plan.map(({ start, count }) => ({ start, count })),
    [
      { start: 0, count: 4 },
      { start: 4, count: 4 },
    ],
  );
});

test("a span that is longer than a request may be gets one of its own", () => {
  const plan = planReads(
    [
      { start: 0, count: 200 },
      { start: 200, count: 1 },
    ],
    { maxGap: 8, maxCount: 125 },
  );
  assert.deepEqual(
    plan.map(({ start, count }) => [start, count]),
    [
      [0, 200],
      [200, 1],
    ],
  );
});

test("splitting a request gives two that read the same, apart where nothing was wanted, until there is nothing to split", () => {
  const [read] = planReads(
    [0, 1, 4].map((start) => ({ start, count: 1 })),
    { maxGap: 2, maxCount: 10 },
  );
  assert.ok(read);
  const parts = splitRead(read);
  assert.deepEqual(
    parts?.map(({ start, count }) => [start, count]),
    [
      [0, 2],
      [4, 1],
    ],
  );
  assert.deepEqual(
    splitRead(parts[0])?.map(({ start, count }) => [start, count]),
    [
      [0, 1],
      [1, 1],
    ],
  );
  assert.equal(splitRead(parts[1]), undefined);
});
