import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { delay, systemClock } from "./clock.ts";
import { ManualClock } from "./testing/manual-clock.ts";

test("a delay ends when its time has passed and not before", async () => {
  const clock = new ManualClock();
  let ended = false;
  const waiting = delay(clock, 1000).then(() => {
    ended = true;
  });
  await clock.advance(999);
  assert.equal(ended, false);
  await clock.advance(1);
  await waiting;
  assert.equal(ended, true);
});

test("a delay that is aborted rejects with the reason and leaves neither timer nor listener", async () => {
  const clock = new ManualClock();
  const caller = new AbortController();
  const waiting = delay(clock, 1000, caller.signal);
  caller.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  assert.equal(clock.timers, 0);

  const next = new AbortController();
  const ending = delay(clock, 5, next.signal);
  await clock.advance(5);
  await ending;
  assert.equal(getEventListeners(next.signal, "abort").length, 0);
  await assert.rejects(delay(clock, 5, AbortSignal.abort(new Error("before"))), { message: "before" });
  assert.equal(clock.timers, 0);
});

test("the system clock waits longer than one setTimeout can", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const thirtyDays = 30 * 86_400_000;
  let fired = 0;
  systemClock.after(thirtyDays, () => fired++);
  t.mock.timers.tick(2 ** 31 - 1);
  t.mock.timers.tick(thirtyDays - 2 ** 31);
  assert.equal(fired, 0);
  t.mock.timers.tick(1);
  assert.equal(fired, 1);
});

test("a timer of the system clock that is disposed does not fire, not even a long one", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let fired = 0;
  const short = systemClock.after(10, () => fired++);
  const long = systemClock.after(2 ** 31 + 5, () => fired++);
  short[Symbol.dispose]();
  t.mock.timers.tick(2 ** 31);
  long[Symbol.dispose]();
  t.mock.timers.tick(10);
  assert.equal(fired, 0);
});

test("the system clock tells the time of day, and a time that never jumps back", () => {
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1000);
  const before = systemClock.monotonic();
  assert.ok(before <= systemClock.monotonic());
});
