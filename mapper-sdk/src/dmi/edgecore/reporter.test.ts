import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MapperError } from "../../errors.ts";
import { silentLog } from "../../log.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import type { Manager, ReportedTwin } from "./manager.ts";
import { Reporter } from "./reporter.ts";

/** EdgeCore's limiter, exactly: 100 calls, one more each second. */
class Limited implements Manager {
  readonly #clock: ManualClock;
  readonly calls: string[] = [];
  readonly last = new Map<string, string>();
  refused = 0;
  tokens = 100;
  #at = 0;
  /** Calls that fail for another reason, before any is taken. */
  broken = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  register = () => Promise.reject(new Error("not here"));

  async reportTwins({ name }: { name: string }, twins: readonly ReportedTwin[]): Promise<void> {
    this.#take();
    this.calls.push(`${name}: ${twins.map(({ property, reported }) => `${property}=${reported}`).join(" ")}`);
    for (const { property, reported } of twins) this.last.set(`${name}.${property}`, reported);
  }

  async reportHealth({ name }: { name: string }, health: string): Promise<void> {
    this.#take();
    this.calls.push(`${name}: ${health}`);
  }

  #take(): void {
    const now = this.#clock.monotonic();
    this.tokens = Math.min(100, this.tokens + (now - this.#at) / 1000);
    this.#at = now;
    if (this.broken-- > 0) throw new MapperError("DEVICE_IO", "the connection to the other process has ended");
    if (this.tokens < 1) {
      this.refused++;
      throw new MapperError("DEVICE_IO", "fail to report device status because of too many request: x");
    }
    this.tokens--;
  }
}

const twin = (property: string, reported: string): ReportedTwin => ({
  property,
  observed: "",
  reported,
  type: "string",
  at: 0,
});
const device = (name: string) => ({ name, namespace: "plant" });

function rig() {
  const clock = new ManualClock();
  const manager = new Limited(clock);
  const reporter = new Reporter({ clock, log: silentLog });
  return { clock, manager, reporter };
}

test("twins of one device go together, the latest value of each", async () => {
  const { clock, manager, reporter } = rig();
  for (const value of ["1", "2", "3"]) reporter.twin(device("one"), twin("a", value));
  reporter.twin(device("one"), twin("b", "4"));
  reporter.manager = manager;
  await clock.advance(0);
  assert.deepEqual(manager.calls, ["one: a=3 b=4"]);
});

test("a thousand changes a second of fifty devices never exceed one call a second in the long run", async () => {
  const { clock, manager, reporter } = rig();
  reporter.manager = manager;
  for (let second = 0; second < 300; second++) {
    for (let index = 0; index < 50; index++) reporter.twin(device(`d${index}`), twin("a", String(second)));
    await clock.advance(1000);
  }
  assert.equal(manager.refused, 0);
  assert.ok(manager.calls.length >= 300 && manager.calls.length <= 400, `${manager.calls.length} calls in 300 s`);
  const perDevice = new Map<string, number>();
  for (const call of manager.calls) {
    const [name = ""] = call.split(":");
    perDevice.set(name, (perDevice.get(name) ?? 0) + 1);
  }
  const counts = [...perDevice.values()];
  assert.equal(counts.length, 50);
  assert.ok(
    Math.max(...counts) - Math.min(...counts) <= 2,
    `devices took ${Math.min(...counts)} to ${Math.max(...counts)} turns`,
  );
  await clock.advance(60_000);
  for (let index = 0; index < 50; index++) assert.equal(manager.last.get(`d${index}.a`), "299");
});

test("when other mappers have used up the calls, everything comes through later", async () => {
  const { clock, manager, reporter } = rig();
  manager.tokens = -5;
  reporter.manager = manager;
  reporter.twin(device("one"), twin("a", "1"));
  await clock.advance(3_000);
  assert.deepEqual(manager.calls, []);
  reporter.twin(device("one"), twin("a", "2"));
  await clock.advance(10_000);
  assert.deepEqual(manager.calls, ["one: a=2"]);
});

test("repeated health leaves the calls to changes", async () => {
  const { clock, manager, reporter } = rig();
  reporter.manager = manager;
  for (let second = 0; second < 200; second++) {
    for (let index = 0; index < 20; index++) reporter.health(device(`d${index}`), "online", false);
    await clock.advance(1000);
  }
  const before = manager.calls.length;
  for (let index = 0; index < 20; index++) reporter.twin(device(`d${index}`), twin("a", "1"));
  await clock.advance(100);
  assert.equal(manager.calls.length - before, 20, "changes had to wait");
});

test("what waits while nobody is there is bounded by the properties, and told when somebody is", async () => {
  const { clock, manager, reporter } = rig();
  for (let index = 0; index < 10_000; index++) reporter.twin(device("one"), twin("a", String(index)));
  await clock.advance(60_000);
  reporter.manager = manager;
  await clock.advance(0);
  assert.deepEqual(manager.calls, ["one: a=9999"]);
  assert.equal(clock.timers, 0);
});

test("the last value of every property gets through, whatever fails in between", async () => {
  const step = fc.record({
    name: fc.constantFrom("one", "two", "three"),
    property: fc.constantFrom("a", "b"),
    value: fc.integer({ min: 0, max: 99 }),
    broken: fc.constantFrom(0, 0, 0, 1, 3),
    drained: fc.constantFrom(0, 0, 40, 200),
    absent: fc.boolean(),
    ms: fc.constantFrom(0, 10, 1500),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, manager, reporter } = rig();
      const wanted = new Map<string, string>();
      for (const { name, property, value, broken, drained, absent, ms } of steps) {
        manager.broken = broken;
        manager.tokens -= drained;
        reporter.manager = absent ? undefined : manager;
        reporter.twin(device(name), twin(property, String(value)));
        wanted.set(`${name}.${property}`, String(value));
        await clock.advance(ms);
      }
      manager.broken = 0;
      reporter.manager = manager;
      await clock.advance(20_000_000);
      assert.deepEqual([...manager.last].sort(), [...wanted].sort());
      reporter[Symbol.dispose]();
    }),
    { numRuns: 30 },
  );
});
