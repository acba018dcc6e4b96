import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { tableOfClaims } from "../src/claims.ts";
import { scenarios } from "../src/scenarios.ts";
import { SimBench } from "../src/sim/sim-bench.ts";

describe("on the simulated bench", () => {
  for (const { claim, run } of scenarios) {
    test(claim, async () => {
      await using bench = new SimBench();
      await run(bench);
    });
  }
});

test("the table says what was seen instead, and goes on with the next claim", async () => {
  const told = [
    { claim: "pigs fly", run: () => Promise.reject(new Error("they walked")) },
    { claim: "water is wet", run: () => Promise.resolve() },
  ];
  assert.deepEqual(await tableOfClaims(told, () => new SimBench(), new ManualClock()), [
    { claim: "pigs fly", result: "failed", reason: "they walked", ms: 0 },
    { claim: "water is wet", result: "shown", ms: 0 },
  ]);
});
