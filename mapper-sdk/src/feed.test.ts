import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "./feed.ts";
import type { EdgeEvent } from "./hal.ts";

const edge = (active: boolean, monotonicMs = 0): EdgeEvent => ({ active, monotonicMs });

function feedWithSource() {
  const calls: string[] = [];
  const feed = new Feed<EdgeEvent>({ start: () => calls.push("start"), stop: () => calls.push("stop") });
  return { feed, calls };
}

test("the source runs from the first reader to the last", async () => {
  const { feed, calls } = feedWithSource();
  const first = feed.values()[Symbol.asyncIterator]();
  const second = feed.values()[Symbol.asyncIterator]();
  assert.deepEqual(calls, []);
  const events = [first.next(), second.next()];
  assert.deepEqual(calls, ["start"]);
  feed.push(edge(true));
  for (const event of events) assert.deepEqual(await event, { done: false, value: edge(true) });
  await first.return?.();
  assert.deepEqual(calls, ["start"]);
  await second.return?.();
  assert.deepEqual(calls, ["start", "stop"]);
});

test("a reader that is slow gets every edge in order", async () => {
  const { feed } = feedWithSource();
  const reader = feed.values()[Symbol.asyncIterator]();
  const first = reader.next();
  for (let index = 0; index < 5; index++) feed.push(edge(index % 2 === 0, index));
  const seen = [await first, await reader.next(), await reader.next(), await reader.next(), await reader.next()];
  assert.deepEqual(
    seen.map((result) => (result.value as EdgeEvent).monotonicMs),
    [0, 1, 2, 3, 4],
  );
});

test("a reader that never comes back keeps the newest edges and no more than the limit", async () => {
  const { feed } = feedWithSource();
  const reader = feed.values()[Symbol.asyncIterator]();
  const first = reader.next();
  for (let index = 0; index < 3000; index++) feed.push(edge(true, index));
  await first;
  const oldest = (await reader.next()).value as EdgeEvent;
  assert.equal(oldest.monotonicMs, 3000 - 1024);
});

test("an abort ends a waiting reader quietly and drops what it has not taken", async () => {
  const { feed, calls } = feedWithSource();
  const stop = new AbortController();
  const reader = feed.values({ signal: stop.signal })[Symbol.asyncIterator]();
  const waiting = reader.next();
  stop.abort();
  assert.equal((await waiting).done, true);
  feed.push(edge(true));
  assert.equal((await reader.next()).done, true);
  assert.deepEqual(calls, ["start", "stop"]);
});

test("a lost line ends every reader, also one that comes later, with the reason", async () => {
  const { feed } = feedWithSource();
  const waiting = feed.values()[Symbol.asyncIterator]().next();
  feed.fail(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  await assert.rejects(feed.values()[Symbol.asyncIterator]().next(), /gone/);
});

test("a reader for whom nothing may be dropped gets what came in time, then the reason why no more comes", async () => {
  const feed = new Feed<Uint8Array>(
    {},
    { limit: 10, sizeOf: ({ length }) => length, overrun: () => new Error("late") },
  );
  const reader = feed.values()[Symbol.asyncIterator]();
  const first = reader.next();
  for (let chunk = 0; chunk < 4; chunk++) feed.push(Uint8Array.of(chunk, 0, 0, 0));
  const seen = [await first, await reader.next(), await reader.next(), await reader.next()];
  assert.deepEqual(
    seen.map(({ value }) => value[0]),
    [0, 1, 2, 3],
  );
  await assert.rejects(reader.next(), /late/);
  assert.equal(feed.readers, 0);
});
