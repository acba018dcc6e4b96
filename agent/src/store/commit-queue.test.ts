import assert from "node:assert/strict";
import { test } from "node:test";
import { type Batch, CommitQueue } from "./commit-queue.ts";

/** A disk that finishes each batch when the test says so. */
class SlowDisk {
  readonly batches: Batch[] = [];
  readonly #ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  readonly write = (batch: Batch) =>
    new Promise<void>((resolve, reject) => {
      this.batches.push({ cells: [...batch.cells], durable: batch.durable });
      this.#ends.push({ resolve, reject });
    });

  end(error?: Error): void {
    const end = this.#ends.shift();
    if (error) end?.reject(error);
    else end?.resolve();
  }
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
const put = (queue: CommitQueue, cell: string, durable = false) =>
  queue.submit((cells) => void cells.push(cell), durable);

test("commits that are submitted together are one transaction, durable when one of them is", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  const commits = [put(queue, "a"), put(queue, "b", true), Promise.resolve().then(() => put(queue, "c"))];
  await turn();
  assert.deepEqual(disk.batches, [{ cells: ["a", "b", "c"], durable: true }]);
  disk.end();
  await Promise.all(commits);
  assert.equal(queue.busy, false);
});

test("what is submitted while a transaction runs is the next one", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  const first = put(queue, "a", true);
  await turn();
  const later = [put(queue, "b"), put(queue, "c")];
  await turn();
  assert.equal(disk.batches.length, 1);
  disk.end();
  await first;
  await turn();
  assert.deepEqual(disk.batches[1], { cells: ["b", "c"], durable: false });
  disk.end();
  await Promise.all(later);
});

test("everything behind a failed transaction fails with its error, in order, and the queue goes on", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  const failures: string[] = [];
  const watch = (name: string) => put(queue, name).catch((error: Error) => failures.push(`${name}: ${error.message}`));
  const first = watch("a");
  await turn();
  const behind = [watch("b"), watch("c")];
  disk.end(new Error("no space"));
  await Promise.all([first, ...behind]);
  assert.deepEqual(failures, ["a: no space", "b: no space", "c: no space"]);
  const next = put(queue, "d");
  await turn();
  assert.deepEqual(
    disk.batches.map(({ cells }) => cells),
    [["a"], ["d"]],
  );
  disk.end();
  await next;
});

test("a commit that cannot be encoded leaves nothing of itself in the group", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  assert.throws(
    () =>
      queue.submit((cells) => {
        cells.push("half");
        throw new TypeError("not a value");
      }, true),
    TypeError,
  );
  const whole = put(queue, "whole");
  await turn();
  assert.deepEqual(disk.batches, [{ cells: ["whole"], durable: false }]);
  disk.end();
  await whole;
});

test("is idle when the last transaction has ended, and at once when there is none", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  await queue.idle();
  const events: string[] = [];
  const commits = [put(queue, "a").then(() => events.push("committed"))];
  const idle = queue.idle().then(() => events.push("idle"));
  await turn();
  assert.deepEqual(events, []);
  disk.end();
  await Promise.all([...commits, idle]);
  assert.deepEqual(events, ["committed", "idle"]);
});

test("no transaction grows without bound", async () => {
  const disk = new SlowDisk();
  const queue = new CommitQueue(disk.write);
  const commits = Array.from({ length: 30 }, () =>
    queue.submit((cells) => void cells.push(...new Array<number>(10_000).fill(0)), false),
  );
  await turn();
  for (let left = 3; left > 0; left--) {
    disk.end();
    await turn();
  }
  await Promise.all(commits);
  assert.deepEqual(
    disk.batches.map(({ cells }) => cells.length),
    [100_000, 100_000, 100_000],
  );
});
