import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { QueueBatch } from "./queue-storage.ts";

const batch = (target: number, ids: readonly number[]): QueueBatch => ({
  sources: [{ id: target, target, facts: `{"target":${target}}` }],
  points: ids.map((id) => ({ target, id, source: target, at: 1000 + id, quality: "good", value: `i:${id}` })),
});

const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id);

test("there is no file before something has to wait, nor after everything was delivered", async () => {
  using temporary = temporaryDirectory();
  const file = join(temporary.path, "sinks.db");
  {
    await using store = await openTestStore(temporary.path);
    assert.deepEqual(await store.queue.content(), { sources: [], targets: [] });
    assert.deepEqual(await store.queue.read(1, 10), []);
    assert.equal(await store.queue.remove(1, 10), 0);
    assert.equal(existsSync(file), false);
    assert.equal((await store.figures()).bytesWritten.sinks, undefined);
    await store.queue.append(batch(1, [1]));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(((await store.figures()).bytesWritten.sinks ?? 0) > 1000);
    assert.equal(await store.queue.remove(1, 1), 1);
  }
  assert.deepEqual(
    readdirSync(temporary.path).filter((name) => name.startsWith("sinks")),
    [],
  );
});

test("what waits is there after a restart, oldest first, each target on its own", async () => {
  using temporary = temporaryDirectory();
  {
    await using store = await openTestStore(temporary.path);
    await store.queue.append(batch(1, [1, 2, 3]));
    await store.queue.append(batch(2, [7]));
    await store.queue.append(batch(1, [4]));
    assert.equal(await store.queue.remove(1, 2), 2);
  }
  await using store = await openTestStore(temporary.path);
  const { sources, targets, notice } = await store.queue.content();
  assert.equal(notice, undefined);
  assert.deepEqual(sources, [
    { id: 1, target: 1, facts: '{"target":1}' },
    { id: 2, target: 2, facts: '{"target":2}' },
  ]);
  assert.deepEqual(targets, [
    { target: 1, points: 2, bytes: 70, firstId: 3, lastId: 4, oldestAt: 1003 },
    { target: 2, points: 1, bytes: 35, firstId: 7, lastId: 7, oldestAt: 1007 },
  ]);
  assert.deepEqual(idsOf(await store.queue.read(1, 1)), [3]);
  assert.deepEqual((await store.queue.read(1, 9))[1], { id: 4, source: 1, at: 1004, quality: "good", value: "i:4" });
  await store.queue.forget(1);
  assert.deepEqual(idsOf(await store.queue.read(1, 9)), []);
  assert.deepEqual(idsOf(await store.queue.read(2, 9)), [7]);
});

test("points that are appended twice, because nobody knew whether the first time worked, are there once", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  await store.queue.append(batch(1, [1, 2]));
  await store.queue.append(batch(1, [1, 2, 3]));
  assert.deepEqual(idsOf(await store.queue.read(1, 9)), [1, 2, 3]);
});

for (const [what, content] of [
  ["no database", "this is no database, but somebody's shopping list, and longer than a header ".repeat(3)],
  ["empty", ""],
] as const) {
  test(`a queue file that is ${what} is put aside with a notice; twins are not touched`, async () => {
    using temporary = temporaryDirectory();
    writeFileSync(join(temporary.path, "sinks.db"), content);
    await using store = await openTestStore(temporary.path);
    const { targets, notice } = await store.queue.content();
    assert.deepEqual(targets, []);
    assert.match(notice ?? "", /^sinks\.db was damaged \(it is .*\) and put aside as sinks\.damaged\.db; what waited/);
    assert.ok(existsSync(join(temporary.path, "sinks.damaged.db")));
    await store.queue.append(batch(1, [1]));
    assert.deepEqual(idsOf(await store.queue.read(1, 9)), [1]);
    assert.deepEqual(store.condition(), { state: "ok" });
  });
}

test("a long outage and its end leave a log that stays small", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  const count = 20_000;
  for (let first = 1; first <= count; first += 500) {
    await store.queue.append(
      batch(
        1,
        Array.from({ length: 500 }, (_, index) => first + index),
      ),
    );
  }
  assert.equal((await store.queue.content()).targets[0]?.points, count);
  for (let upTo = 500; upTo <= count; upTo += 500) assert.equal(await store.queue.remove(1, upTo), 500);
  assert.ok(statSync(join(temporary.path, "sinks.db-wal")).size < 2 * 2 ** 20);
});
