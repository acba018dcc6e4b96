import assert from "node:assert/strict";
import { test } from "node:test";
import { LineQueue } from "./line-queue.ts";

const never = new AbortController().signal;

/** Takes the line, notes it, and hands it on. */
async function use(queue: LineQueue, order: string[], { name, urgent = false, signal = never }: Use): Promise<void> {
  using _ = await queue.take({ urgent, signal });
  order.push(name);
}

interface Use {
  readonly name: string;
  readonly urgent?: boolean;
  readonly signal?: AbortSignal;
}

test("lets one at a time on the line, urgent ones first, else in order", async () => {
  const queue = new LineQueue();
  const order: string[] = [];
  const first = await queue.take({ urgent: false, signal: never });
  const others = [
    use(queue, order, { name: "a" }),
    use(queue, order, { name: "b" }),
    use(queue, order, { name: "c", urgent: true }),
  ];
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await Promise.all(others);
  assert.deepEqual(order, ["c", "a", "b"]);
});

test("forgets who gives up while waiting", async () => {
  const queue = new LineQueue();
  const order: string[] = [];
  const first = await queue.take({ urgent: false, signal: never });
  const caller = new AbortController();
  const given = use(queue, order, { name: "a", signal: caller.signal });
  const other = use(queue, order, { name: "b" });
  caller.abort(new Error("enough"));
  await assert.rejects(given, { message: "enough" });
  await assert.rejects(use(queue, order, { name: "c", signal: caller.signal }), { message: "enough" });
  first[Symbol.dispose]();
  await other;
  assert.deepEqual(order, ["b"]);
});

test("refuses more than can ever have a turn", async () => {
  const queue = new LineQueue();
  const order: string[] = [];
  const first = await queue.take({ urgent: false, signal: never });
  const waiting = Array.from({ length: 1024 }, () => use(queue, order, { name: "x" }));
  await assert.rejects(use(queue, order, { name: "y" }), {
    code: "DEVICE_BUSY",
    message: "1024 requests wait for the line already",
  });
  first[Symbol.dispose]();
  await Promise.all(waiting);
  assert.equal(order.length, 1024);
});
