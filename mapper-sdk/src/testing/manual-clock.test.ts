import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { delay } from "../clock.ts";
import { ManualClock } from "./manual-clock.ts";

test("stands still until it is moved, and starts where it is told", async () => {
  const clock = new ManualClock(1000);
  assert.equal(clock.now(), 1000);
  await clock.advance(250);
  assert.equal(clock.now(), 1250);
  assert.equal(clock.monotonic(), 250);
});

test("fires timers in the order they are due, each at its own time, equal ones in the order they were set", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -5, max: 50 })), async (delays) => {
      const clock = new ManualClock();
      const fired: [due: number, index: number][] = [];
      for (const [index, ms] of delays.entries()) clock.after(ms, () => fired.push([clock.monotonic(), index]));
      await clock.advance(50);
      const expected = delays.map((ms, index): [number, number] => [Math.max(0, ms), index]);
      assert.deepEqual(
        fired,
        expected.toSorted(([a, i], [b, j]) => a - b || i - j),
      );
      assert.equal(clock.timers, 0);
    }),
    { numRuns: 30 },
  );
});

test("timers set by timers fire in the same stretch when they are due in it", async () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const tick = () => {
    times.push(clock.monotonic());
    clock.after(10, tick);
  };
  clock.after(10, tick);
  await clock.advance(35);
  assert.deepEqual(times, [10, 20, 30]);
  assert.equal(clock.nextDueMs, 5);
});

test("a timer that was disposed does not fire", async () => {
  const clock = new ManualClock();
  const timer = clock.after(5, () => assert.fail("fired"));
  timer[Symbol.dispose]();
  assert.equal(clock.nextDueMs, undefined);
  await clock.advance(10);
});

test("a jump of the wall clock moves no timer", async () => {
  const clock = new ManualClock(0);
  let fired = 0;
  clock.after(100, () => fired++);
  clock.jump(1_000_000);
  assert.equal(clock.now(), 1_000_000);
  assert.equal(clock.monotonic(), 0);
  await clock.advance(99);
  assert.equal(fired, 0);
});

test("runs until an outcome settles, from timer to timer, and hands it over", async () => {
  const clock = new ManualClock();
  const slow = async () => {
    await delay(clock, 60_000);
    await delay(clock, 60_000);
    return "done";
  };
  assert.equal(await clock.runUntil(slow()), "done");
  assert.equal(clock.monotonic(), 120_000);
  await assert.rejects(clock.runUntil(Promise.reject(new Error("no"))), { message: "no" });
});

test("goes on when a timer is set after something that no clock drives", async () => {
  const clock = new ManualClock();
  const afterReading = async () => {
    await readFile(new URL(import.meta.url));
    await delay(clock, 60_000);
    return "done";
  };
  assert.equal(await clock.runUntil(afterReading()), "done");
});

test("gives up on an outcome that never settles when its signal aborts", async () => {
  const clock = new ManualClock();
  const patience = new AbortController();
  const again = () => void clock.after(10, again);
  again();
  clock.after(1000, () => patience.abort(new Error("enough")));
  await assert.rejects(clock.runUntil(new Promise(() => {}), patience), { message: "enough" });
  await assert.rejects(clock.runUntil(new Promise(() => {}), { signal: AbortSignal.abort(new Error("before")) }), {
    message: "before",
  });
});
