import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { followPushes, pushRate } from "./push-gate.ts";

/** What came through of `pushed`. */
function follow(pushed: AsyncIterable<unknown>) {
  const clock = new ManualClock();
  const taken: unknown[] = [];
  const figures = { taken: 0, skipped: 0 };
  const stop = new AbortController();
  const take = (value: unknown) => void taken.push(value);
  const done = followPushes(pushed, { clock, signal: stop.signal, figures, take });
  return { clock, taken, figures, stop, done };
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 1; number <= count; number++) yield number;
}

test("values that come now and then all pass at once", async () => {
  const { taken, done, figures } = follow(numbers(20));
  await done;
  assert.deepEqual(taken.at(-1), 20);
  assert.deepEqual(figures, { taken: 20, skipped: 0 });
});

test("of a flood the newest value gets through, also when the driver never waits, and others have their turn", async () => {
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  const { clock, taken, done, figures } = follow(numbers(100_000));
  await clock.runUntil(done);
  clearInterval(ticking);
  assert.equal(taken.at(-1), 100_000);
  assert.ok(turns > 5, `${turns} turns`);
  assert.equal(figures.taken + figures.skipped, 100_000);
  assert.ok(figures.taken < 20_000 && figures.taken >= pushRate.burst, JSON.stringify(figures));
});

test("the last value of a burst is not held back when the device falls silent", async () => {
  let push = (_: number) => {};
  async function* source(): AsyncGenerator<number> {
    for (;;) {
      yield await new Promise<number>((resolve) => {
        push = resolve;
      });
    }
  }
  const { clock, taken, stop } = follow(source());
  for (let value = 1; value <= pushRate.burst + 5; value++) {
    await settle();
    push(value);
  }
  await settle();
  assert.equal(taken.at(-1), pushRate.burst);
  await clock.advance(1000 / pushRate.perSecond);
  assert.equal(taken.at(-1), pushRate.burst + 5);
  stop.abort();
});

test("what the device throws is told after the last value", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error("unplugged");
  }
  const { taken, done } = follow(broken());
  await assert.rejects(done, /unplugged/);
  assert.deepEqual(taken, [1]);
});
