import assert from "node:assert/strict";
import { test } from "node:test";
import { Faults } from "./faults.ts";
import { settle } from "./manual-clock.ts";

test("records every operation in order, and counts those it has forgotten", async () => {
  const faults = new Faults();
  for (let nth = 1; nth <= 12_000; nth++) faults.note(`step ${nth}`);
  assert.equal(faults.count, 12_000);
  assert.equal(faults.trace.length, 7_000);
  assert.equal(faults.trace.at(-1), "step 12000");
});

test("fails the chosen operation once", async () => {
  const faults = new Faults();
  await faults.step("one");
  faults.failAt(2);
  await faults.step("two");
  await assert.rejects(faults.step("three"), { name: "HalError", kind: "other", message: /three/ });
  await faults.step("four");
});

test("fails everything that matches until it is mended, whatever flags the pattern has", async () => {
  const faults = new Faults();
  faults.breakAll(/GPIO17/g);
  for (let time = 0; time < 3; time++) await assert.rejects(faults.step("GPIO17 get"), { kind: "disconnected" });
  await faults.step("GPIO18 get");
  faults.mend();
  await faults.step("GPIO17 get");
});

test("mending also takes back a failure that is still ahead", async () => {
  const faults = new Faults();
  faults.failAt(1);
  faults.mend();
  await faults.step("one");
});

test("holds up everything from the chosen operation on until it is resumed", async () => {
  const faults = new Faults();
  faults.stallAt(2);
  const done: string[] = [];
  const step = (name: string) => faults.step(name).then(() => done.push(name));
  const all = Promise.all([step("one"), step("two"), step("three")]);
  await settle();
  assert.deepEqual(done, ["one"]);
  assert.deepEqual(faults.trace, ["one", "two", "three"]);
  faults.resume();
  await all;
  faults.stall();
  faults.resume();
  await step("four");
  assert.deepEqual(done, ["one", "two", "three", "four"]);
});

test("what is unplugged while the hardware stalls does not answer afterwards", async () => {
  const faults = new Faults();
  faults.stall();
  const reading = faults.step("GPIO17 get");
  faults.breakAll(/GPIO17/);
  faults.resume();
  await assert.rejects(reading, { kind: "disconnected" });
});
