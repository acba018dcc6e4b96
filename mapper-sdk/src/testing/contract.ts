import { describe, test } from "node:test";
import type { Mapper } from "../mapper.ts";
import type { Methods } from "../methods.ts";
import type { Model } from "../model.ts";
import { abortPromises } from "./contract/aborts.ts";
import { callPromises } from "./contract/calls.ts";
import { configurationPromises } from "./contract/configuration.ts";
import { failurePromises } from "./contract/failures.ts";
import type { ContractFixture, MethodCase } from "./contract/fixture.ts";
import { outputPromises } from "./contract/outputs.ts";
import { pushPromises } from "./contract/pushes.ts";
import { releasePromises } from "./contract/release.ts";
import type { ContractPromise, Subject } from "./contract/rig.ts";
import { valuePromises } from "./contract/values.ts";

/** Long enough for a loaded Pi; a promise that needs more hangs. */
const timeoutMs = 120_000;

/**
 * Registers one test for each promise that every mapper makes to the agent. Call it once per mapper, at the top level
 * of a test file, with a board its device is simulated on.
 */
export function testMapperContract<M extends Model, T extends Methods = Methods>(
  mapper: Mapper<M, T>,
  fixture: ContractFixture<M, T>,
): void {
  describe(`${mapper.protocol} mapper for ${mapper.model.name}`, () => {
    for (const { name, run } of mapperContract(mapper, fixture)) test(name, { timeout: timeoutMs }, run);
  });
}

/** The same promises as data, for harnesses that are not `node:test`. */
export function mapperContract<M extends Model, T extends Methods = Methods>(
  mapper: Mapper<M, T>,
  fixture: ContractFixture<M, T>,
): readonly ContractPromise[] {
  const subject: Subject = {
    mapper: mapper as unknown as Mapper,
    fixture: fixture as unknown as ContractFixture,
    writes: Object.keys(mapper.model.properties)
      .filter((name) => mapper.model.properties[name]?.access === "rw")
      .map((name) => [name, (fixture.writes as Readonly<Record<string, readonly unknown[]>>)[name] ?? []]),
    calls: Object.entries((fixture.methods ?? {}) as Readonly<Record<string, MethodCase<unknown>>>).map(
      ([name, method]) => ({ name, ...method }),
    ),
  };
  return [
    ...configurationPromises(subject),
    ...valuePromises(subject),
    ...callPromises(subject),
    ...outputPromises(subject),
    ...releasePromises(subject),
    ...failurePromises(subject),
    ...pushPromises(subject),
    ...abortPromises(subject),
  ];
}
