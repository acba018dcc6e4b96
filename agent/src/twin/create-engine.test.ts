import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { light, shapeOf, somebody } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { createEngine } from "./create-engine.ts";
import type { RawValue, TwinEvent } from "./types.ts";

const id = "default/light";

async function start(store: FakeStore, clock = new ManualClock()) {
  const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
  engine.add({ id, uid: "u1" });
  await engine.submit(id, { kind: "configure", at: clock.now(), origin: somebody, shape: shapeOf(light) });
  return { engine, clock };
}

const desire = (desired: Record<string, string>): TwinEvent => ({
  kind: "change",
  at: 10,
  origin: somebody,
  desired: Object.fromEntries(Object.entries(desired).map(([name, text]): [string, RawValue] => [name, { text }])),
});

const progress = (phase: "applied" | "verified", version: number): TwinEvent => ({
  kind: "progress",
  at: 11,
  property: "red",
  version,
  phase,
});

describe("the twin engine", () => {
  test("shows, delivers and acknowledges a desired value only after the card has it", async () => {
    const store = new FakeStore();
    const { engine } = await start(store);
    const delivered: string[] = [];
    engine.onDeliver((_, names) => delivered.push(...names));
    store.hold();
    let acknowledged = false;
    const submitted = engine.submit(id, desire({ red: "ON" })).then(() => {
      acknowledged = true;
    });
    await settle();
    assert.equal(engine.device(id)?.twins.get("red")?.desired, undefined);
    assert.deepEqual([acknowledged, delivered], [false, []]);
    store.letGo();
    await submitted;
    assert.equal(engine.device(id)?.twins.get("red")?.desired?.value, "ON");
    assert.deepEqual([acknowledged, delivered], [true, ["red"]]);
  });

  test("acknowledges a repeated value only after the first one is on the card", async () => {
    const store = new FakeStore();
    const { engine } = await start(store);
    store.hold();
    const first = engine.submit(id, desire({ red: "ON" }));
    let repeated = false;
    const second = engine.submit(id, desire({ red: "ON" })).then(() => {
      repeated = true;
    });
    await settle();
    assert.equal(repeated, false);
    store.letGo();
    await Promise.all([first, second]);
    assert.equal(engine.device(id)?.twins.get("red")?.lastVersion, 1);
  });

  test("lets the last of many values sent back to back win, and tells watchers in order", async () => {
    const store = new FakeStore();
    const { engine } = await start(store);
    const seen: unknown[] = [];
    engine.onApplied(({ outcome }) => seen.push(outcome.changes[0]?.after?.desired?.value));
    store.hold();
    const all = Array.from({ length: 50 }, (_, index) => engine.submit(id, desire({ level: String(index) })));
    store.letGo();
    await Promise.all(all);
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, index) => BigInt(index)),
    );
    assert.equal(engine.device(id)?.twins.get("level")?.desired?.value, 49n);
  });

  test("goes back to what is stored when the disk is full, and goes on when there is room again", async () => {
    const store = new FakeStore();
    const { engine } = await start(store);
    await engine.submit(id, desire({ red: "ON" }));
    store.hold();
    const lost = [desire({ red: "OFF" }), desire({ red: "OFF" }), desire({ level: "3" })].map((event) =>
      engine.submit(id, event),
    );
    store.fill();
    for (const submitted of lost) await assert.rejects(submitted, { code: "STORE_UNAVAILABLE" });
    assert.equal(engine.device(id)?.twins.get("red")?.desired?.value, "ON");
    store.makeRoom();
    store.letGo();
    await engine.submit(id, desire({ red: "OFF" }));
    assert.equal(engine.device(id)?.twins.get("red")?.lastVersion, 2);
  });

  test("stores what the runner says with the next flush, once, and at the end", async () => {
    const store = new FakeStore();
    const { engine, clock } = await start(store);
    await engine.submit(id, desire({ red: "ON" }));
    const before = store.commits.length;
    await engine.submit(id, progress("applied", 1));
    await engine.submit(id, progress("verified", 1));
    assert.equal(store.commits.length, before);
    await clock.advance(1000);
    assert.equal(store.commits.length, before + 1);
    assert.equal((await store.load()).twins.find(({ twin }) => twin.name === "red")?.twin.progress?.phase, "verified");
    await engine.submit(id, desire({ red: "OFF" }));
    await engine.submit(id, progress("verified", 2));
    await engine[Symbol.asyncDispose]();
    assert.equal((await store.load()).twins.find(({ twin }) => twin.name === "red")?.twin.appliedVersion, 2);
  });

  test("writes nothing while nothing changes", async () => {
    const store = new FakeStore();
    const { engine, clock } = await start(store);
    const reading: TwinEvent = {
      kind: "change",
      at: clock.now(),
      origin: { door: "mapper", actor: "gpio" },
      reported: { lux: { raw: { value: 3 } } },
    };
    await engine.submit(id, reading);
    await clock.advance(2000);
    const before = store.commits.length;
    for (let second = 0; second < 100; second++) {
      await engine.submit(id, { ...reading, at: clock.now() });
      await clock.advance(1000);
    }
    assert.equal(store.commits.length, before);
  });

  test("brings stored twins back after a restart, as pending where the device may not have them", async () => {
    const store = new FakeStore();
    const { engine } = await start(store);
    await engine.submit(id, desire({ red: "ON", level: "7" }));
    await engine.submit(id, progress("verified", 1));
    await engine[Symbol.asyncDispose]();
    const again = await start(store);
    const twins = again.engine.device(id)?.twins;
    assert.equal(twins?.get("red")?.progress?.phase, "verified");
    assert.equal(twins?.get("level")?.progress?.phase, "pending");
    assert.equal(twins?.get("level")?.desired?.value, 7n);
  });

  test("does not bring back rows of a device that is being deleted", async () => {
    const store = new FakeStore();
    const { engine, clock } = await start(store);
    await engine.submit(id, desire({ red: "ON" }));
    await engine.submit(id, progress("verified", 1));
    await store.commit([{ drop: "resource", uid: "u1" }], "durable");
    engine.remove(id);
    await clock.advance(5000);
    assert.deepEqual((await store.load()).twins, []);
  });

  test("remembers a refused attempt in the cause log", async () => {
    const store = new FakeStore();
    const { engine, clock } = await start(store);
    await engine.submit(id, desire({ level: "500" }));
    await clock.advance(1000);
    const [cause] = await store.causes("u1", "level");
    assert.equal(cause?.what, "refused");
    assert.match(cause?.reason ?? "", /500/);
  });

  test("rejects events for a device that does not exist", async () => {
    const { engine } = await start(new FakeStore());
    await assert.rejects(engine.submit("default/none", desire({ red: "ON" })), { code: "NOT_FOUND" });
  });
});
