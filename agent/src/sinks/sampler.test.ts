import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { light, shapeOf } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { createEngine } from "../twin/create-engine.ts";
import { type SampledProperty, Sampler } from "./sampler.ts";

const id = "default/light";
const origin = { door: "mapper", actor: "gpio" } as const;

async function bench() {
  const clock = new ManualClock();
  const store = new FakeStore();
  const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
  engine.add({ id, uid: "1" });
  await engine.submit(id, { kind: "configure", at: clock.now(), origin, shape: shapeOf(light) });
  const taken: string[] = [];
  const sampler = new Sampler(engine, clock);
  const sampled = (property: string, cycleMs: number, anyQuality = false): SampledProperty => ({
    ...{ property, cycleMs, anyQuality },
    take: ({ value, at, quality }) => taken.push(`${property}=${value} ${at - start} ${quality}`),
  });
  const start = clock.now();
  const report = (property: string, value: number) =>
    engine.submit(id, {
      kind: "change",
      at: clock.now(),
      origin,
      reported: { [property]: { raw: { value: BigInt(value) } } },
    });
  return { clock, engine, sampler, sampled, taken, report };
}

test("the newest reading is taken once in a cycle, with its own time", async () => {
  const { clock, sampler, sampled, taken, report } = await bench();
  sampler.set(id, [sampled("level", 1000)], clock.now());
  await clock.advance(200);
  await report("level", 1);
  await clock.advance(200);
  await report("level", 2);
  await clock.advance(600);
  assert.deepEqual(taken, ["level=2 400 good"]);
  await clock.advance(5000);
  assert.equal(taken.length, 1);
  await report("level", 2); // read again and unchanged: a new reading all the same
  await clock.advance(1000);
  assert.equal(taken.length, 2);
});

test("what was reported before anybody asked is not taken for new", async () => {
  const { clock, sampler, sampled, taken, report } = await bench();
  await report("level", 7);
  sampler.set(id, [sampled("level", 1000)], clock.now());
  await clock.advance(3000);
  assert.deepEqual(taken, []);
  sampler.set(id, [sampled("level", 500)], clock.now()); // applied again with another cycle
  await clock.advance(3000);
  assert.deepEqual(taken, []);
});

test("what was reported while the sinks were still being loaded is taken", async () => {
  const { clock, sampler, sampled, taken, report } = await bench();
  const started = clock.now();
  await clock.advance(5);
  await report("level", 7);
  sampler.set(id, [sampled("level", 1000)], started);
  await clock.advance(1000);
  assert.deepEqual(taken, ["level=7 5 good"]);
});

test("values of bad quality stay here unless they are asked for", async () => {
  const { clock, engine, sampler, sampled, taken, report } = await bench();
  sampler.set(id, [sampled("level", 1000), sampled("lux", 1000, true)], clock.now() - 1);
  await report("level", 1);
  await engine.submit(id, { kind: "change", at: clock.now(), origin, reported: { lux: { raw: { value: 0.5 } } } });
  await engine.submit(id, { kind: "quality", at: clock.now(), quality: "bad", reason: "no answer" });
  await clock.advance(1000);
  assert.deepEqual(taken, ["lux=0.5 0 bad"]);
});

test("without anything to sample no timer is left, and before a stop everything new is taken", async () => {
  const { clock, sampler, sampled, taken, report } = await bench();
  sampler.set(id, [sampled("level", 1000), sampled("lux", 3000)], clock.now() - 1);
  await report("level", 1);
  sampler.takeAll();
  assert.equal(taken.length, 1);
  const before = clock.timers;
  sampler.remove(id);
  assert.equal(clock.timers, before - 2);
});
