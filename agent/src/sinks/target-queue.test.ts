import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { MemoryQueue } from "../../test/sinks/support/memory-queue.ts";
import type { QueuedValue, SourceFacts } from "./source.ts";
import { Spool } from "./spool.ts";
import { TargetQueue } from "./target-queue.ts";

const facts: SourceFacts = { device: "plant/boiler", property: "level", type: "INT", sink: "http", raw: {} };

/** A queue on a card, which can be lost and begun anew as an agent is. */
class Bench {
  readonly storage = new MemoryQueue();
  readonly clock = new ManualClock();
  readonly #limitBytes: number;
  spool!: Spool;
  queue!: TargetQueue;

  constructor(limitBytes = 1_000_000) {
    this.#limitBytes = limitBytes;
  }

  async start(): Promise<this> {
    const { storage, clock } = this;
    this.spool = new Spool({ storage, clock, log: silentLog, flushMs: 1000 });
    const { sources, targets } = await storage.content();
    for (const { id, target, facts: text } of sources) {
      this.spool.restore({ id, target, text, facts: JSON.parse(text), config: {} });
    }
    const [onCard] = targets;
    this.queue = new TargetQueue(1, {
      spool: this.spool,
      limitBytes: this.#limitBytes,
      ...(onCard && { onCard: { ...onCard } }),
    });
    this.spool.add(this.queue);
    return this;
  }

  put(value: number): void {
    const source = this.spool.sourceOf(1, facts, {});
    this.queue.put({ source, value: BigInt(value), at: value, quality: "good" });
  }
}

const numbers = (values: readonly QueuedValue[]) => values.map(({ value }) => Number(value));

test("values that are delivered before the flush never reach the card, and no timer stays", async () => {
  const bench = await new Bench().start();
  bench.put(1);
  bench.put(2);
  const batch = await bench.queue.next(10);
  assert.deepEqual(numbers(batch), [1, 2]);
  await bench.queue.done(batch);
  assert.equal(bench.clock.timers, 0);
  await bench.clock.advance(60_000);
  assert.deepEqual(bench.storage.appends, []);
});

test("values that wait are brought to the card together, once in a flush time", async () => {
  const bench = await new Bench().start();
  for (let value = 1; value <= 5; value++) {
    bench.put(value);
    await bench.clock.advance(400);
  }
  await bench.clock.advance(1000);
  assert.deepEqual(bench.storage.appends, [3, 2]);
  assert.equal(bench.queue.points, 5);
  assert.equal(bench.queue.oldestAt, 1);
});

test("a batch that was brought to the card while it was under way is forgotten there", async () => {
  const bench = await new Bench().start();
  bench.put(1);
  const batch = await bench.queue.next(10);
  bench.put(2);
  await bench.spool.flush();
  await bench.queue.done(batch);
  assert.deepEqual(numbers(await bench.queue.next(10)), [2]);
  assert.equal(bench.queue.points, 1);
});

test("a card that fails keeps the values in memory, in order, and is tried again", async () => {
  const bench = await new Bench().start();
  bench.put(1);
  bench.storage.fail(2);
  await bench.clock.advance(1000);
  bench.put(2);
  await bench.clock.advance(2000);
  assert.deepEqual(bench.storage.appends, [2]);
  assert.deepEqual(numbers(await bench.queue.next(10)), [1, 2]);
});

test("a full queue drops the oldest and counts them", async () => {
  const bench = await new Bench(10 * 36).start(); // ten values like "i:12"
  for (let value = 10; value < 30; value++) bench.put(value);
  await bench.spool.flush();
  assert.equal(bench.queue.dropped, 10);
  assert.equal(bench.queue.points, 10);
  assert.deepEqual(numbers(await bench.queue.next(3)), [20, 21, 22]);
});

test("memory is bounded while the card takes nothing at all", async () => {
  const bench = await new Bench().start();
  for (let value = 0; value < 10_050; value++) bench.put(value);
  assert.equal(bench.queue.points, 10_000);
  assert.equal(bench.queue.dropped, 50);
});

/** What may happen to a queue; the model is the list of numbers put and the rules of what may be missing. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), count: fc.integer({ min: 1, max: 9 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("deliver" as const), count: fc.integer({ min: 1, max: 12 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("send without answer" as const), count: fc.integer({ min: 1, max: 12 }) }),
    },
    { weight: 3, arbitrary: fc.constant({ do: "flush" as const, count: 0 }) },
    { weight: 1, arbitrary: fc.constant({ do: "kill" as const, count: 0 }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("disk fails" as const), count: fc.integer({ min: 1, max: 3 }) }),
    },
  ),
  { maxLength: 60 },
);

test("whatever happens: in order, nothing twice but the last batch, nothing lost that was flushed", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const bench = await new Bench().start();
      let put = 0;
      let flushed = 0;
      let delivered = 0;
      let flight: readonly QueuedValue[] = [];
      for (const { do: what, count } of run) {
        if (what === "put") for (let left = count; left > 0; left--) bench.put(++put);
        else if (what === "disk fails") bench.storage.fail(count);
        else if (what === "flush") {
          await bench.spool.flush();
          if (bench.queue.inMemory.length === 0) flushed = put;
        } else if (what === "kill") {
          bench.storage.fail(0);
          await bench.start();
          // Only what was neither flushed nor delivered may be gone; the numbers go on behind it.
          const left = numbers(await bench.queue.next(1_000_000));
          const newest = Math.max(flushed, delivered, left.at(-1) ?? 0);
          assert.ok(newest >= flushed);
          put = newest;
          flight = [];
        } else {
          const batch = await bench.queue.next(count).catch(() => undefined);
          if (batch === undefined) continue;
          const got = numbers(batch);
          assert.deepEqual(
            got,
            [...got].sort((a, b) => a - b),
            "out of order",
          );
          // Nothing is skipped, and nothing comes again but what was under way.
          const again = got.filter((value) => value <= delivered);
          assert.ok(
            again.every((value) => numbers(flight).includes(value) || value === delivered),
            `again: ${again}`,
          );
          if (what === "send without answer") flight = batch;
          else if (
            await bench.queue.done(batch).then(
              () => true,
              () => false,
            )
          )
            delivered = Math.max(delivered, got.at(-1) ?? 0);
          else flight = batch;
        }
      }
      bench.storage.fail(0);
      const rest: number[] = [];
      for (let batch = await bench.queue.next(7); batch.length > 0; batch = await bench.queue.next(7)) {
        rest.push(...numbers(batch));
        await bench.queue.done(batch);
      }
      const expected = Array.from({ length: put - delivered }, (_, index) => delivered + 1 + index);
      assert.deepEqual(
        rest.filter((value) => value > delivered),
        expected,
      );
      assert.equal(bench.queue.points, 0);
    }),
    { numRuns: Number(process.env.EDGETWIN_MODEL_RUNS ?? 25) * 8 },
  );
});
