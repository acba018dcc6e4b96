import assert from "node:assert/strict";
import { test } from "node:test";
import { UnitHealth } from "./unit-health.ts";

const timeoutMs = 100;
const line = { forgiven: 0, capMs: 5000, lateAnswersMislead: true };

/** Milliseconds that a unit is left alone after each of so many silences in a row. */
function pauses(health: UnitHealth, silences: number): number[] {
  return Array.from({ length: silences }, () => {
    health.wasSilent(1, { nowMs: 0, timeoutMs });
    return health.waitMs(1, { nowMs: 0, urgent: false });
  });
}

test("a silent unit is left alone longer and longer", () => {
  assert.deepEqual(pauses(new UnitHealth(line), 6), [400, 800, 1600, 3200, 5000, 5000]);
});

test("what is forgiven has no consequence", () => {
  assert.deepEqual(pauses(new UnitHealth({ ...line, forgiven: 1 }), 4), [0, 400, 800, 1600]);
});

test("an answer makes good for all silences", () => {
  const health = new UnitHealth(line);
  pauses(health, 5);
  assert.equal(health.answered(1), true);
  assert.equal(health.answered(1), false);
  assert.equal(health.waitMs(1, { nowMs: 0, urgent: false }), 0);
  assert.deepEqual(pauses(health, 1), [400]);
});

test("what is urgent waits for late answers only, where they could mislead", () => {
  const health = new UnitHealth(line);
  pauses(health, 5);
  assert.equal(health.waitMs(1, { nowMs: 0, urgent: true }), 100);
  assert.equal(health.waitMs(1, { nowMs: 100, urgent: true }), 0);
  const tcp = new UnitHealth({ ...line, lateAnswersMislead: false });
  pauses(tcp, 5);
  assert.equal(tcp.waitMs(1, { nowMs: 0, urgent: true }), 0);
});

test("other units are none of its business", () => {
  const health = new UnitHealth(line);
  pauses(health, 5);
  assert.equal(health.waitMs(2, { nowMs: 0, urgent: false }), 0);
});
