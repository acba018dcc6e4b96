import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { WorkQueue } from "./work-queue.ts";

const common = { name: "test", log: silentLog, random: () => 1 };

test("a key that is added often is worked on once, and once more when it was added meanwhile", async () => {
  const clock = new ManualClock();
  const done: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = async (key: string) => {
    done.push(key);
    await gate;
    return undefined;
  };
  await using queue = new WorkQueue({ ...common, work, concurrency: 2, clock });
  for (const key of ["a", "a", "b", "b", "c"]) queue.add(key);
  await clock.advance(0);
  assert.deepEqual(done, ["a", "b"]);
  assert.equal(queue.size, 3);
  queue.add("a");
  queue.add("a");
  open();
  await clock.advance(0);
  assert.deepEqual(done, ["a", "b", "c", "a"]);
  assert.equal(queue.size, 0);
});

test("a key that fails comes back after pauses that double, and holds up no other", async () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const others: string[] = [];
  const work = async (key: string) => {
    if (key !== "bad") others.push(key);
    else {
      times.push(clock.monotonic());
      if (times.length < 4) throw new Error("not yet");
    }
    return undefined;
  };
  await using queue = new WorkQueue({ ...common, work, concurrency: 1, clock });
  queue.add("bad");
  queue.add("good");
  await clock.advance(10_000);
  assert.deepEqual(times, [0, 100, 300, 700]);
  assert.deepEqual(others, ["good"]);
});

test("of two times for a key the earlier counts, and work that asks for it comes again", async () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const work = async () => {
    times.push(clock.monotonic());
    return times.length === 1 ? 250 : undefined;
  };
  await using queue = new WorkQueue({ ...common, work, concurrency: 1, clock });
  queue.addAfter("a", 5000);
  queue.addAfter("a", 50);
  queue.addAfter("a", 900);
  await clock.advance(10_000);
  assert.deepEqual(times, [50, 300]);
  assert.equal(clock.timers, 0);
});

test("a queue that ends aborts its work, forgets what waits, and takes nothing more", async () => {
  const clock = new ManualClock();
  const ended: string[] = [];
  const work = (key: string, signal: AbortSignal) =>
    new Promise<undefined>((_, reject) => {
      signal.addEventListener("abort", () => {
        ended.push(key);
        reject(signal.reason);
      });
    });
  const queue = new WorkQueue({ ...common, work, concurrency: 1, clock });
  queue.add("a");
  queue.add("b");
  queue.addAfter("c", 10);
  await clock.advance(0);
  await queue[Symbol.asyncDispose]();
  queue.add("d");
  await clock.advance(1000);
  assert.deepEqual(ended, ["a"]);
  assert.equal(clock.timers, 0);
});

test("from any interleaving of changes and failures, every key ends as it was wanted last, never worked on twice at once", async () => {
  const change = fc.record({
    key: fc.constantFrom("a", "b", "c"),
    waitMs: fc.nat(50),
    workMs: fc.nat(50),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const clock = new ManualClock();
      const wanted = new Map<string, number>();
      const actual = new Map<string, number>();
      const busy = new Set<string>();
      const plan = [...changes];
      const work = async (key: string) => {
        assert.ok(!busy.has(key) && busy.size < 2);
        busy.add(key);
        const seen = wanted.get(key) ?? 0;
        const { workMs, fails } = plan.shift() ?? { workMs: 0, fails: false };
        await new Promise<void>((resolve) => clock.after(workMs, resolve));
        busy.delete(key);
        if (fails) throw new Error("failed");
        actual.set(key, seen);
        return undefined;
      };
      await using queue = new WorkQueue({ ...common, work, concurrency: 2, clock });
      for (const [index, { key, waitMs }] of changes.entries()) {
        wanted.set(key, index);
        queue.add(key);
        await clock.advance(waitMs);
      }
      while (clock.timers > 0) await clock.advance(60_000);
      assert.deepEqual(new Map([...actual].sort()), new Map([...wanted].sort()));
    }),
    { numRuns: 50 },
  );
});
