import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { type BusLane, BusQueue, mostWaiting, type Priority, priorities } from "./bus-queue.ts";

/** A bus with lanes, whose requests run until they are told to end. */
function bench(lanes = 2) {
  const clock = new ManualClock();
  const queue = new BusQueue("i2c:1", clock);
  const places = Array.from({ length: lanes }, () => queue.lane());
  const began: string[] = [];
  let running: { name: string; end: () => void } | undefined;
  const ask = (
    lane: number,
    priority: Priority,
    more: { name?: string; signal?: AbortSignal; patienceMs?: number } = {},
  ) => {
    const { name = `${lane} ${priority}`, ...rest } = more;
    const outcome = (places[lane] as BusLane).run({ priority, ...rest }, () => {
      assert.equal(running, undefined, `${name} talks while ${running?.name} does`);
      began.push(name);
      return new Promise<string>((resolve) => {
        running = {
          name,
          end() {
            running = undefined;
            resolve(name);
          },
        };
      });
    });
    outcome.catch(() => {});
    return outcome;
  };
  /** Lets what runs end, and the next one begin. */
  const end = async () => {
    running?.end();
    await settle();
  };
  const endAll = async () => {
    while (running) await end();
  };
  return { clock, queue, places, began, ask, end, endAll };
}

describe("the queue of a bus", () => {
  test("lets writes go before questions that somebody waits for, and those before polls", async () => {
    const { ask, began, endAll } = bench();
    void ask(0, "poll", { name: "first" });
    void ask(0, "poll");
    void ask(0, "interactive");
    void ask(0, "write");
    await endAll();
    assert.deepEqual(began, ["first", "0 write", "0 interactive", "0 poll"]);
  });

  test("gives the devices on it turns, however much one of them wants", async () => {
    const { ask, began, endAll } = bench();
    for (let number = 0; number < 4; number++) void ask(0, "poll", { name: `greedy ${number}` });
    void ask(1, "poll", { name: "modest" });
    await endAll();
    assert.deepEqual(began, ["greedy 0", "greedy 1", "modest", "greedy 2", "greedy 3"]);
  });

  test("says when what runs should make room: for something more urgent, or another device's equal", async () => {
    const { ask, places, endAll } = bench();
    const [first] = places as BusLane[] as [BusLane];
    void ask(0, "poll");
    assert.equal(first.isWanted, false);
    void ask(1, "poll");
    assert.equal(first.isWanted, true);
    await endAll();
    void ask(0, "poll");
    void ask(0, "write");
    assert.equal(first.isWanted, true);
    await endAll();
    void ask(0, "write");
    void ask(1, "poll");
    assert.equal(first.isWanted, false);
    await endAll();
  });

  test("frees a caller that gives up while it waits, and leaves no trace of it", async () => {
    const { ask, began, endAll, queue } = bench();
    const caller = new AbortController();
    void ask(0, "poll", { name: "first" });
    const given = ask(1, "poll", { name: "given up", signal: caller.signal });
    void ask(1, "poll", { name: "behind it" });
    const reason = new Error("enough");
    caller.abort(reason);
    await assert.rejects(given, reason);
    assert.equal(getEventListeners(caller.signal, "abort").length, 0);
    await endAll();
    assert.deepEqual(began, ["first", "behind it"]);
    assert.equal(queue.length, 0);
  });

  test("runs nothing for a caller that had given up before", async () => {
    const { ask, began, queue } = bench();
    await assert.rejects(ask(0, "write", { signal: AbortSignal.abort() }));
    assert.deepEqual([began, queue.length], [[], 0]);
  });

  test("tells a write that lost its patience how long it waited for what", async () => {
    const { ask, began, clock, end, endAll, queue } = bench();
    void ask(0, "poll");
    const late = ask(1, "write", { patienceMs: 30_000 });
    void ask(1, "poll");
    await clock.advance(30_001);
    await end();
    await assert.rejects(late, { code: "DEVICE_BUSY", message: /^waited 30001 ms for i2c:1, which is busy/ });
    await endAll();
    assert.deepEqual(began, ["0 poll", "1 poll"]);
    assert.equal(queue.figures.refused.late, 1);
    assert.equal(queue.figures.waitedMs.poll, 30_001);
  });

  test("refuses a device of which too much waits already; others still get in", async () => {
    const { ask, began, endAll, queue } = bench();
    void ask(0, "poll");
    for (let number = 0; number < mostWaiting; number++) void ask(0, "interactive");
    await assert.rejects(ask(0, "write"), {
      code: "DEVICE_BUSY",
      message: /64 requests of this device wait for i2c:1/,
    });
    void ask(1, "poll");
    await endAll();
    assert.equal(began.length, mostWaiting + 2);
    assert.equal(queue.figures.refused.full, 1);
  });

  test("goes on after a request that failed", async () => {
    const { queue, places } = bench();
    const [first, second] = places as BusLane[] as [BusLane, BusLane];
    const failing = first.run({ priority: "poll" }, () => Promise.reject(new Error("no answer")));
    const next = second.run({ priority: "poll" }, async () => "fine");
    await assert.rejects(failing, /no answer/);
    assert.equal(await next, "fine");
    assert.equal(queue.length, 0);
  });
});

type Step =
  | { readonly do: "ask"; readonly lane: number; readonly priority: Priority; readonly gives: "never" | "up" }
  | { readonly do: "end" };

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("ask" as const),
        lane: fc.nat({ max: 3 }),
        priority: fc.constantFrom(...priorities),
        gives: fc.constantFrom("never" as const, "never" as const, "up" as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

test("whatever is asked when, nothing is lost, nothing overtakes what is more urgent, and no device has two turns while another waits", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { ask, began, end, endAll, queue } = bench(4);
      const waiting: { name: string; lane: number; priority: Priority }[] = [];
      const kept: Promise<string>[] = [];
      const expected: string[] = [];
      /** Turns that each lane had while this request was the next of its own lane. */
      const overtaken = new Map<string, Map<number, number>>();
      const see = () => {
        for (const name of began.slice(expected.length)) {
          expected.push(name);
          const index = waiting.findIndex((one) => one.name === name);
          const [one] = waiting.splice(index, 1);
          assert.ok(one, `${name} ran twice`);
          for (const other of waiting) {
            const rank = priorities.indexOf(other.priority) - priorities.indexOf(one.priority);
            assert.ok(rank >= 0, `${name} went before ${other.name}`);
            const next = waiting.find(({ lane, priority }) => lane === other.lane && priority === other.priority);
            if (rank > 0 || other.lane === one.lane || next !== other) continue;
            const turns = overtaken.get(other.name) ?? new Map<number, number>();
            turns.set(one.lane, (turns.get(one.lane) ?? 0) + 1);
            overtaken.set(other.name, turns);
            assert.equal(turns.get(one.lane), 1, `${name} is the second of its lane while ${other.name} waits`);
          }
        }
      };
      for (const [number, step] of script.entries()) {
        if (step.do === "end") await end();
        else {
          const name = `${number} of lane ${step.lane}, ${step.priority}`;
          const caller = new AbortController();
          waiting.push({ name, lane: step.lane, priority: step.priority });
          const outcome = ask(step.lane, step.priority, { name, signal: caller.signal });
          if (step.gives === "up" && !began.includes(name)) {
            caller.abort(new Error("gave up"));
            await assert.rejects(outcome, /gave up/);
            waiting.pop();
          } else kept.push(outcome);
        }
        see();
      }
      await endAll();
      see();
      assert.deepEqual(waiting, [], "lost");
      assert.equal((await Promise.all(kept)).length, began.length);
      assert.equal(queue.length, 0);
    }),
  );
});
