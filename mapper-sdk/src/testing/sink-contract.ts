import { describe, test } from "node:test";
import type { Sink } from "../sinks/define-sink.ts";
import type { ContractPromise } from "./contract/rig.ts";
import type { SinkFixture } from "./sink-contract/fixture.ts";
import { sinkPromises } from "./sink-contract/promises.ts";

/** Registers one test for each promise that every sink makes to the agent. Call it once per sink, at the top of a test file. */
export function testSinkContract(sink: Sink, fixture: SinkFixture): void {
  describe(`${sink.name} sink`, () => {
    for (const { name, run } of sinkContract(sink, fixture)) test(name, { timeout: 120_000 }, run);
  });
}

/** The same promises as data, for harnesses that are not `node:test`. */
export function sinkContract(sink: Sink, fixture: SinkFixture): readonly ContractPromise[] {
  return sinkPromises({ sink, fixture });
}
