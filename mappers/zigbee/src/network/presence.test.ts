import assert from "node:assert/strict";
import { test } from "node:test";
import { isWorthSaying, ladderMs } from "./ladder.ts";
import { presenceOf } from "./presence.ts";

test("a silent device on mains is asked twice before it counts as gone; a sleepy one cannot be asked", () => {
  const mains = { isSleepy: false, limitMs: 600_000 };
  const battery = { isSleepy: true, limitMs: 600_000, unanswered: 0 };
  assert.equal(presenceOf({ ...mains, silentMs: 599_999, unanswered: 0 }), "here");
  assert.equal(presenceOf({ ...mains, silentMs: 600_000, unanswered: 0 }), "ask");
  assert.equal(presenceOf({ ...mains, silentMs: 615_000, unanswered: 1 }), "ask");
  assert.equal(presenceOf({ ...mains, silentMs: 630_000, unanswered: 2 }), "gone");
  assert.equal(presenceOf({ ...battery, silentMs: 1 }), "here");
  assert.equal(presenceOf({ ...battery, silentMs: 600_000 }), "gone");
});

test("a lost dongle is tried less and less often, never later than after 75 s, and the log stays short", () => {
  const pauses = Array.from({ length: 20 }, (_, index) => ladderMs(index + 1, 0.5));
  assert.deepEqual(pauses.slice(0, 8), [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(ladderMs(50, 1), 75_000);
  assert.equal(ladderMs(1, 0), 750);
  const said = Array.from({ length: 1440 }, (_, index) => index + 1).filter(isWorthSaying);
  assert.ok(said.length < 60, `${said.length} lines in a day without the dongle`);
});
