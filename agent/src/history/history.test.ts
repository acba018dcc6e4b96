import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { shapeOf, somebody } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { HistoryAppend, HistoryStorage } from "../store/history/history-storage.ts";
import { openTestStore } from "../store/testing/open-test-store.ts";
import { createEngine } from "../twin/create-engine.ts";
import { History, type HistorySettings } from "./history.ts";

const meter = defineModel("meter", {
  power: p.double(),
  running: p.boolean(),
  note: p.string(),
  image: p.bytes(),
});
const id = "default/meter";
const minutes = 60_000;
const settings: HistorySettings = { flush: 15 * minutes, maxBytes: 2 ** 20, dailyBytes: 2 ** 24 };

/** A storage in memory that counts and can fail. */
class MemoryStorage implements HistoryStorage {
  readonly appended: HistoryAppend[] = [];
  failing = false;

  async append(request: HistoryAppend) {
    if (this.failing) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    this.appended.push(request);
    return { bytes: 1000 * request.rows.length, fileBytes: 4096 };
  }
  async read({ device, property, tier }: Parameters<HistoryStorage["read"]>[0]) {
    const rows = this.appended.flatMap((request) => request.rows);
    return rows
      .filter((row) => row.device === device && row.property === property && row.tier === tier)
      .map(({ body }) => body);
  }
  async forget() {
    this.appended.length = 0;
  }
  async notice() {
    return undefined;
  }
}

async function bench(storage: HistoryStorage = new MemoryStorage(), more: Partial<HistorySettings> = {}) {
  const clock = new ManualClock();
  const store = new FakeStore();
  const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
  engine.add({ id, uid: "u1" });
  await engine.submit(id, { kind: "configure", at: clock.now(), origin: somebody, shape: shapeOf(meter) });
  const history = new History({ ...settings, ...more, engine, storage, clock, log: silentLog });
  const report = async (reported: Record<string, unknown>) => {
    const readings = Object.entries(reported).map(([name, json]) => [name, { raw: { json } }] as const);
    const event = {
      kind: "change",
      at: clock.now(),
      origin: somebody,
      reported: Object.fromEntries(readings),
    } as const;
    const { refusals } = await engine.submit(id, event);
    assert.deepEqual(refusals, []);
  };
  const past = (property: string, agoMs: number, points = 10) =>
    history.past(id, property, { fromMs: clock.now() - agoMs, toMs: clock.now(), points });
  const means = async (agoMs: number, points: number) => {
    const found = await past("power", agoMs, points);
    assert.equal(found?.kind, "number");
    return found.points.map(({ mean }) => mean);
  };
  return { clock, engine, history, report, past, means };
}

describe("history", () => {
  test("tells what a number was before it is written, after, and across both", async () => {
    const storage = new MemoryStorage();
    const { clock, history, report, means } = await bench(storage);
    const origin = Math.ceil(clock.now() / minutes) * minutes;
    await clock.advance(origin - clock.now());
    await report({ power: 10 });
    await clock.advance(2 * minutes);
    await report({ power: 20 });
    await clock.advance(2 * minutes);
    assert.deepEqual(await means(4 * minutes, 4), [10, 10, 20, 20]);
    await history.flush();
    assert.ok(storage.appended.length > 0);
    await report({ power: 30 });
    await clock.advance(1 * minutes);
    assert.deepEqual(await means(5 * minutes, 5), [10, 10, 20, 20, 30]);
  });

  test("writes nothing while nothing changes", async () => {
    const storage = new MemoryStorage();
    const { clock, report } = await bench(storage);
    await report({ power: 10, running: true });
    await clock.advance(40 * minutes);
    const written = storage.appended.length;
    for (let hour = 0; hour < 20; hour++) {
      await report({ power: 10, running: true });
      await clock.advance(60 * minutes);
    }
    const later = storage.appended.slice(written).flatMap(({ rows }) => rows);
    assert.deepEqual(later, []);
  });

  test("keeps the changes of switches and short texts, and when they were not known", async () => {
    const { clock, engine, report, past } = await bench();
    const at = clock.now();
    await report({ running: true, note: "filter new" });
    await clock.advance(minutes);
    await report({ running: false, note: "x".repeat(65), image: "AAAA" });
    await clock.advance(minutes);
    await engine.submit(id, { kind: "quality", at: clock.now(), quality: "stale" });
    await clock.advance(minutes);
    assert.deepEqual(await past("running", 3 * minutes), {
      kind: "state",
      states: [
        { at, value: "true" },
        { at: at + minutes, value: "false" },
        { at: at + 2 * minutes, value: null },
      ],
    });
    assert.deepEqual(await past("running", 90_000), {
      kind: "state",
      states: [
        { at: at + 90_000, value: "false" },
        { at: at + 2 * minutes, value: null },
      ],
    });
    const note = await past("note", 3 * minutes);
    assert.deepEqual(note?.kind === "state" && note.states.map(({ value }) => value), ["filter new", null]);
    assert.equal(await past("image", minutes), undefined);
  });

  test("shows a gap while no agent ran", async () => {
    const storage = new MemoryStorage();
    const first = await bench(storage);
    await first.report({ power: 10 });
    await first.clock.advance(3 * minutes);
    await first.history[Symbol.asyncDispose]();
    const second = await bench(storage);
    await second.clock.advance(first.clock.now() - second.clock.now() + 10 * minutes);
    await second.report({ power: 20 });
    await second.clock.advance(2 * minutes);
    const means = await second.means(15 * minutes, 15);
    assert.equal(means[0], 10);
    assert.equal(means[7], null);
    assert.equal(means.at(-1), 20);
  });

  test("loses nothing while the disk takes nothing", async () => {
    const storage = new MemoryStorage();
    const { clock, report, means } = await bench(storage);
    storage.failing = true;
    await report({ power: 10 });
    await clock.advance(16 * minutes);
    await report({ power: 20 });
    storage.failing = false;
    await clock.advance(20 * minutes);
    assert.ok(storage.appended.length > 0);
    const found = await means(36 * minutes, 36);
    assert.equal(found[1], 10);
    assert.equal(found.at(-1), 20);
  });

  test("waits longer between writes when they cost more than a day may", async () => {
    const times = async (dailyBytes: number) => {
      const storage = new MemoryStorage();
      const { clock, report } = await bench(storage, { dailyBytes });
      for (let minute = 0; minute < 24 * 60; minute += 5) {
        await report({ power: minute });
        await clock.advance(5 * minutes);
      }
      return storage.appended.length;
    };
    assert.ok((await times(2 ** 24)) > 80);
    const few = await times(20_000);
    assert.ok(few >= 4 && few <= 20, String(few));
  });

  test("is forgotten with its device", async () => {
    const { clock, history, report, past } = await bench();
    await report({ power: 10 });
    await clock.advance(20 * minutes);
    history.forget(id);
    const found = await past("power", 20 * minutes, 1);
    assert.deepEqual(found?.kind === "number" && found.points.map(({ mean }) => mean), [null]);
  });
});

describe("history on the card", () => {
  test("is there after a restart, and begins anew with a notice when the file is damaged", async () => {
    using temporary = temporaryDirectory();
    const { writeFileSync, existsSync } = await import("node:fs");
    const { join } = await import("node:path");
    {
      await using store = await openTestStore(temporary.path);
      const { clock, history, report } = await bench(store.history);
      await report({ power: 10 });
      await clock.advance(5 * minutes);
      await history[Symbol.asyncDispose]();
      assert.ok(((await store.figures()).bytesWritten.history ?? 0) > 0);
    }
    {
      await using store = await openTestStore(temporary.path);
      const { clock, past } = await bench(store.history);
      await clock.advance(6 * minutes);
      const found = await past("power", 6 * minutes, 6);
      assert.deepEqual(found?.kind === "number" && found.points.map(({ mean }) => mean).slice(1, 4), [10, 10, 10]);
    }
    writeFileSync(join(temporary.path, "history.db"), "somebody's shopping list ".repeat(20));
    await using store = await openTestStore(temporary.path);
    assert.deepEqual(await store.history.read({ device: "u1", property: "power", tier: 0, from: 0, to: 1e15 }), []);
    assert.match((await store.history.notice()) ?? "", /history\.db was damaged .* charts begin anew/);
    assert.ok(existsSync(join(temporary.path, "history.damaged.db")));
  });

  test("stays within its size, forgetting the oldest minutes first", async () => {
    using temporary = temporaryDirectory();
    await using store = await openTestStore(temporary.path);
    const maxBytes = 262_144;
    const body = new Uint8Array(600);
    let fileBytes = 0;
    for (let hour = 0; hour < 40; hour++) {
      const rows = Array.from({ length: 40 }, (_, index) => ({
        ...{ device: "u1", property: `p${index}`, tier: hour % 10 === 9 ? 1 : 0, start: hour * 3_600_000, body },
      }));
      ({ fileBytes } = await store.history.append({ rows, forgetBefore: [0, 0, 0, 0], maxBytes }));
    }
    assert.ok(fileBytes < maxBytes * 1.3, String(fileBytes));
    const query = { device: "u1", property: "p0", from: 0, to: 1e15 };
    assert.equal((await store.history.read({ ...query, tier: 1 })).length, 4);
    const newest = await store.history.read({ ...query, tier: 0, from: 38 * 3_600_000 });
    assert.equal(newest.length, 1);
  });
});
