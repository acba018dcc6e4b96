import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SessionQueue } from "./session-queue.ts";

const packet = (brokerCounter: number, payload = "x") => ({
  cmd: "publish",
  brokerId: "b",
  brokerCounter,
  topic: "t",
  payload,
});

test("a packet leaves with its acknowledgement", () => {
  const queue = new SessionQueue({ messages: 10, bytes: 1000 });
  queue.push(packet(1));
  queue.push(packet(2));
  queue.update({ ...packet(2), messageId: 77 });
  assert.equal(queue.clear({ messageId: 77 })?.brokerCounter, 2);
  assert.equal(queue.clear({ messageId: 77 }), undefined);
  assert.deepEqual(
    queue.packets().map(({ brokerCounter }) => brokerCounter),
    [1],
  );
});

test("a PUBREL takes the place of its PUBLISH and leaves with the same message id", () => {
  const queue = new SessionQueue({ messages: 10, bytes: 1000 });
  queue.push(packet(1));
  queue.update({ ...packet(1), messageId: 5 });
  queue.update({ cmd: "pubrel", messageId: 5 });
  assert.deepEqual(
    queue.packets().map(({ cmd }) => cmd),
    ["pubrel"],
  );
  queue.clear({ messageId: 5 });
  assert.equal(queue.length, 0);
});

test("it never holds more than its limits, and what it holds are the newest packets in order", () => {
  const step = fc.oneof(
    fc.record({ push: fc.string({ maxLength: 30 }) }),
    fc.record({ acknowledge: fc.nat({ max: 20 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new SessionQueue({ messages: 5, bytes: 60 });
      let counter = 0;
      for (const each of steps) {
        if ("push" in each) {
          counter++;
          queue.push(packet(counter, each.push));
          queue.update({ ...packet(counter), messageId: counter % 20 });
        } else queue.clear({ messageId: each.acknowledge });
        const held = queue.packets();
        assert.ok(held.length <= 5 && queue.bytes <= 60);
        assert.equal(
          queue.bytes,
          held.reduce((sum, { payload = "" }) => sum + 1 + payload.length, 0),
        );
        const counters = held.map(({ brokerCounter = 0 }) => brokerCounter);
        assert.deepEqual(
          counters,
          [...counters].sort((a, b) => a - b),
        );
      }
    }),
  );
});
