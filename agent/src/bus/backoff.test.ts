import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

test("delays double up to the longest one, and the random part takes away at most half", () => {
  const limits = { firstMs: 100, longestMs: 1000 };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 500].map((attempt) => backoffMs(attempt, limits, 1)),
    [100, 200, 400, 800, 1000, 1000],
  );
  assert.deepEqual(
    [0, 3, 9].map((attempt) => backoffMs(attempt, limits, 0)),
    [50, 400, 500],
  );
});
