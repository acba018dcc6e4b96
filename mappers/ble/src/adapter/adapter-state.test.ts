import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdapterInput, type AdapterState, next, pauseMs } from "./adapter-state.ts";

const opening = (rung: number, failures = 0): AdapterState => ({ name: "opening", rung, failures });
const starting = (rung: number, failures = 0): AdapterState => ({ name: "starting", rung, failures });
const waiting = (failures: number): AdapterState => ({
  ...{ name: "waiting", failures, reason: "oops", retryInMs: pauseMs(failures) },
});
const why = (name: "silent" | "lost" | "refused"): AdapterInput => ({ name, reason: "oops" });
const ready: AdapterState = { name: "ready" };
const closed: AdapterState = { name: "closed" };

const moves: readonly [string, AdapterState, AdapterInput, AdapterState][] = [
  ["opens when it is wanted", closed, { name: "wanted" }, opening(0)],
  ["does nothing more when it is wanted while it works", ready, { name: "wanted" }, ready],
  ["starts when its transport is open", opening(0), { name: "opened" }, starting(0)],
  ["is ready when it is powered", starting(1), { name: "powered" }, ready],
  ["is reset once more when its state stays unknown", starting(0), why("silent"), starting(1)],
  ["is opened anew when that does not help", starting(1), why("silent"), opening(2)],
  ["waits after the whole ladder", starting(2, 3), why("silent"), waiting(4)],
  ["is opened anew at once when it lost its transport while starting", starting(0), why("lost"), opening(2)],
  ["waits when it cannot be opened", opening(0, 1), why("refused"), waiting(2)],
  ["waits when it can never work", starting(0), why("refused"), waiting(1)],
  ["waits when it is lost", ready, why("lost"), waiting(1)],
  ["climbs the ladder from the bottom again", waiting(2), { name: "retry due" }, opening(0, 2)],
  ["is closed when it is left, whatever it did", waiting(2), { name: "left" }, closed],
];
for (const [name, from, input, to] of moves) test(`an adapter ${name}`, () => assert.deepEqual(next(from, input), to));

test("pauses double up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 6, 60].map(pauseMs), [1000, 2000, 4000, 30_000, 30_000]);
});
