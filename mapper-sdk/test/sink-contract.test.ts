import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sinkContract, testSinkContract } from "@edgetwin/mapper-sdk/testing";
import { type WireFlaws, wireFixture, wireSink } from "./fixtures/wire-sink.ts";

testSinkContract(wireSink(), wireFixture);

/** What is wrong with a sink, and the sentence it breaks. */
const flawed: readonly (readonly [keyof WireFlaws, string])[] = [
  ["keepsSocket", "releases everything once"],
  ["ignoresAnswer", "says so when the far end goes away between two batches"],
  ["reversesOrder", "delivers every point once, in order"],
  ["usesTimeOfSending", "with the time of its reading"],
  ["callsEverythingRefused", "says so when the far end goes away between two batches"],
  ["callsRefusalOutage", "tells points that will never be taken from an outage"],
  ["swallowsLoss", "says so when the far end goes away between two batches"],
  ["showsSecret", "without telling the secret"],
  ["takesAnyPort", "refuses configurations that cannot work"],
  ["forgetsTarget", "tells where it sends"],
];

describe("the sink contract", () => {
  for (const [flaw, sentence] of flawed) {
    test(`catches a sink that ${flaw.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`, async () => {
      const broken: string[] = [];
      for (const { name, run } of sinkContract(wireSink({ [flaw]: true }), { ...wireFixture, patienceMs: 300 })) {
        await run().catch(() => broken.push(name));
      }
      assert.ok(
        broken.some((name) => name.includes(sentence)),
        `kept; broken were: ${broken.join("; ")}`,
      );
    });
  }
});
