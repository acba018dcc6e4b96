import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

const backoff = { firstMs: 100, capMs: 1000 };
const delays = (failures: readonly number[], random: number) =>
  failures.map((count) => backoffMs(backoff, count, () => random));

test("delays double up to the cap, and the random part takes away at most half", () => {
  assert.deepEqual(delays([1, 2, 3, 4, 5, 500], 1), [100, 200, 400, 800, 1000, 1000]);
  assert.deepEqual(delays([1, 4, 10], 0), [50, 400, 500]);
});
