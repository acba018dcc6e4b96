import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

test("reads durations as people write them", () => {
  const table: [unknown, number | undefined][] = [
    ["250ms", 250],
    ["1.5s", 1500],
    ["10min", 600_000],
    [" 2 h ", 7_200_000],
    ["1d", 86_400_000],
    ["40", 40],
    [40, 40],
    [0, 0],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ["-5s", undefined],
    ["5 parsecs", undefined],
    ["", undefined],
    ["s", undefined],
    [`${"9".repeat(400)}d`, undefined],
    [true, undefined],
    [["5"], undefined],
    [undefined, undefined],
    [null, undefined],
  ];
  for (const [text, ms] of table) assert.equal(parseDuration(text), ms, JSON.stringify(text));
});

test("writes durations in their largest fitting unit", () => {
  const table: [number, string][] = [
    [0, "0ms"],
    [999, "999ms"],
    [1500, "1.5s"],
    [90_000, "1.5min"],
    [7_200_000, "2h"],
    [86_400_000, "1d"],
  ];
  for (const [ms, text] of table) assert.equal(formatDuration(ms), text);
});

test("what was written is read back to within a twentieth", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (ms) => {
      const back = parseDuration(formatDuration(ms));
      assert.ok(back !== undefined && Math.abs(back - ms) <= ms / 20 + 0.5, `${ms} came back as ${back}`);
    }),
  );
});
