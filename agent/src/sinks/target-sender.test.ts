import assert from "node:assert/strict";
import { test } from "node:test";
import { f, fields, MapperError, silentLog } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkCredential } from "@edgetwin/mapper-sdk/sinks";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { MemoryQueue } from "../../test/sinks/support/memory-queue.ts";
import type { SourceFacts } from "./source.ts";
import { Spool } from "./spool.ts";
import { TargetQueue } from "./target-queue.ts";
import { type SenderState, TargetSender } from "./target-sender.ts";

const facts: SourceFacts = { device: "plant/boiler", property: "level", type: "INT", sink: "far", raw: {} };

/** A sender and a far end that a test switches. */
function bench({ batch = 4, credential = () => undefined as SinkCredential | undefined } = {}) {
  const clock = new ManualClock();
  const far = {
    arrived: [] as number[],
    failing: undefined as Error | undefined,
    hangs: false,
    poison: new Set<number>(),
    opened: 0,
    closed: 0,
    batches: [] as number[],
  };
  const sink = defineSink({
    name: "far",
    config: fields({ place: f.withDefault(f.string(), "there") }),
    target: ({ place }) => ({ place }),
    address: ({ place }) => place,
    open({ scope }) {
      far.opened++;
      scope.defer(() => far.closed++);
      return {
        async send(points) {
          if (far.hangs) await new Promise(() => {});
          if (far.failing) throw far.failing;
          const values = points.map(({ value }) => Number(value));
          far.batches.push(values.length);
          if (values.some((value) => far.poison.has(value))) throw new MapperError("SINK_REFUSED", "too long");
          far.arrived.push(...values);
        },
      };
    },
  });
  const spool = new Spool({ storage: new MemoryQueue(), clock, log: silentLog, flushMs: 1000 });
  const queue = new TargetQueue(1, { spool, limitBytes: 1_000_000 });
  spool.add(queue);
  const sender = new TargetSender({
    ...{ sink, config: { place: "there" }, address: "there", batch, queue, credential, timeoutMs: 5000 },
    ...{ clock, log: silentLog, random: () => 1 },
  });
  const put = (...values: number[]) => {
    for (const value of values)
      queue.put({ source: spool.sourceOf(1, facts, {}), value: BigInt(value), at: value, quality: "good" });
  };
  return { clock, far, queue, sender, put };
}

test("what waits is sent at once, in batches, over one session", async () => {
  const { far, sender, put } = bench();
  put(1, 2, 3, 4, 5, 6);
  await settle();
  put(7);
  await settle();
  assert.deepEqual(far.arrived, [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(far.batches, [4, 2, 1]);
  assert.equal(far.opened, 1);
  assert.deepEqual([sender.state.name, sender.figures.sent], ["idle", 7]);
  await sender[Symbol.asyncDispose]();
  assert.equal(far.closed, 1);
});

test("a far end that is away is tried after 1, 2, 4 … 60 s, for ever, and gets everything when it is back", async () => {
  const { clock, far, sender, put } = bench();
  far.failing = new Error("connect ECONNREFUSED");
  put(1, 2);
  await settle();
  for (const [failures, waitMs] of [
    [1, 1000],
    [2, 2000],
    [3, 4000],
  ] as const) {
    assert.deepEqual(sender.state, { name: "waiting", reason: "connect ECONNREFUSED", failures, retryInMs: waitMs });
    await clock.advance(waitMs);
  }
  await clock.advance(24 * 3_600_000);
  assert.ok(sender.state.name === "waiting" && sender.state.retryInMs === 60_000);
  put(3);
  far.failing = undefined;
  await clock.advance(60_000);
  assert.deepEqual(far.arrived, [1, 2, 3]);
  assert.equal(sender.state.name, "idle");
  assert.equal(far.opened - far.closed, 1);
  await sender[Symbol.asyncDispose]();
});

test("a far end that does not answer is given up after the timeout, and the batch comes again", async () => {
  const { clock, far, sender, put } = bench();
  far.hangs = true;
  put(1);
  await settle();
  assert.deepEqual(sender.state, { name: "sending" } as SenderState);
  await clock.advance(5000);
  const reason = "it did not answer within 5000 ms";
  assert.deepEqual(sender.state, { name: "waiting", reason, failures: 1, retryInMs: 1000 });
  far.hangs = false;
  await clock.advance(1000);
  assert.deepEqual(far.arrived, [1]);
  await sender[Symbol.asyncDispose]();
});

test("a point that is refused for good is found by halving, dropped and counted; all others arrive", async () => {
  const { far, sender, put } = bench({ batch: 8 });
  far.poison.add(3).add(6);
  put(1, 2, 3, 4, 5, 6, 7, 8);
  for (let turn = 0; turn < 10; turn++) await settle();
  assert.deepEqual(far.arrived, [1, 2, 4, 5, 7, 8]);
  assert.deepEqual([sender.figures.refused, sender.figures.sent, sender.figures.failures], [2, 6, 0]);
  await sender[Symbol.asyncDispose]();
});

test("a missing credential is a reason to wait, not to give up", async () => {
  let secret: string | undefined;
  const { clock, far, sender, put } = bench({
    credential() {
      if (secret === undefined) throw new MapperError("SINK_UNAVAILABLE", "the variable is not set");
      return { secret };
    },
  });
  put(1);
  await settle();
  assert.ok(sender.state.name === "waiting" && sender.state.reason === "the variable is not set");
  secret = "hunter2";
  await clock.advance(1000);
  assert.deepEqual(far.arrived, [1]);
  await sender[Symbol.asyncDispose]();
});

test("it stops at once in the middle of everything", async () => {
  const { clock, far, sender, put } = bench();
  far.hangs = true;
  put(1);
  await settle();
  await sender[Symbol.asyncDispose]();
  assert.equal(far.opened, far.closed);
  const waiting = bench();
  waiting.far.failing = new Error("away");
  waiting.put(1);
  await settle();
  await waiting.sender[Symbol.asyncDispose]();
  assert.equal(clock.timers, 1); // the flush of the value that was not delivered
});
