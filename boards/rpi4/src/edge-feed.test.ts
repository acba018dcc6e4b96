import assert from "node:assert/strict";
import { test } from "node:test";
import type { EdgeEvent } from "@edgetwin/mapper-sdk";
import { EdgeFeed } from "./edge-feed.ts";

const edge = (active: boolean, monotonicMs = 0): EdgeEvent => ({ active, monotonicMs });

function feedWithSource() {
  const calls: string[] = [];
  const feed = new EdgeFeed({ start: () => calls.push("start"), stop: () => calls.push("stop") });
  return { feed, calls };
}

test("the source runs from the first reader to the last", async () => {
  const { feed, calls } = feedWithSource();
  const first = feed.edges()[Symbol.asyncIterator]();
  const second = feed.edges()[Symbol.asyncIterator]();
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
  const reader = feed.edges()[Symbol.asyncIterator]();
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
  const reader = feed.edges()[Symbol.asyncIterator]();
  const first = reader.next();
  for (let index = 0; index < 3000; index++) feed.push(edge(true, index));
  await first;
  const oldest = (await reader.next()).value as EdgeEvent;
  assert.equal(oldest.monotonicMs, 3000 - 1024);
});

test("an abort ends a waiting reader quietly and drops what it has not taken", async () => {
  const { feed, calls } = feedWithSource();
  const stop = new AbortController();
  const reader = feed.edges({ signal: stop.signal })[Symbol.asyncIterator]();
  const waiting = reader.next();
  stop.abort();
  assert.equal((await waiting).done, true);
  feed.push(edge(true));
  assert.equal((await reader.next()).done, true);
  assert.deepEqual(calls, ["start", "stop"]);
});

test("a lost line ends every reader, also one that comes later, with the reason", async () => {
  const { feed } = feedWithSource();
  const waiting = feed.edges()[Symbol.asyncIterator]().next();
  feed.fail(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  await assert.rejects(feed.edges()[Symbol.asyncIterator]().next(), /gone/);
});
