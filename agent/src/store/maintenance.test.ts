import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { Job } from "./messages.ts";
import type { Store } from "./store.ts";
import { FaultyThread } from "./testing/faulty-thread.ts";
import { openTestStore } from "./testing/open-test-store.ts";
import { change } from "./testing/rows.ts";

const day = 24 * 3_600_000;

function jobs(disk: FaultyThread): Job["do"][] {
  return disk.jobs.splice(0).map((job) => job.do);
}

/** Everything in the directory, so that any byte written shows. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => {
      const { mtimeMs, ino } = statSync(join(directory, name));
      return [name, `${ino} ${mtimeMs} ${readFileSync(join(directory, name)).toString("base64")}`];
    }),
  );
}

async function commit(store: Store, version: number, durability: "durable" | "lazy"): Promise<void> {
  await store.commit(change("d", "p", version), durability);
}

test("writes nothing and sets no timer while nothing changes, for days", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock();
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start });
  await commit(store, 1, "lazy");
  await clock.advance(60_000);
  await disk.idle(); // the first commit asked for the daily copy
  jobs(disk);
  const before = contents(temporary.path);
  assert.equal(clock.timers, 0);
  await clock.advance(5 * day);
  assert.deepEqual(jobs(disk), []);
  assert.deepEqual(contents(temporary.path), before);
});

test("storing what is stored already writes no byte", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  await commit(store, 1, "durable");
  const before = await store.figures();
  for (let round = 0; round < 10; round++) await commit(store, 1, "lazy");
  assert.deepEqual((await store.figures()).bytesWritten, before.bytesWritten);
});

test("lazy commits reach the card together, flushMs after the first", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock();
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start, flushMs: 1000 });
  await commit(store, 1, "lazy");
  await clock.advance(600);
  await commit(store, 2, "lazy");
  assert.equal((await store.figures()).syncs, 0);
  jobs(disk);
  await clock.advance(399);
  assert.deepEqual(jobs(disk), []);
  await clock.advance(1);
  assert.deepEqual(jobs(disk), ["sync"]);
});

test("a durable commit takes the lazy ones before it along, so that no flush follows", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock();
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start });
  await commit(store, 1, "lazy");
  await commit(store, 2, "durable");
  assert.equal((await store.figures()).syncs, 1);
  await clock.advance(10_000);
  assert.equal(jobs(disk).includes("sync"), false);
});

test("one sync is enough for everything that was submitted together", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  await Promise.all(Array.from({ length: 64 }, (_, index) => store.commit(change(`d${index}`, "p", 1), "durable")));
  const { commits, syncs } = await store.figures();
  assert.deepEqual({ commits, syncs }, { commits: 1, syncs: 1 });
});

test("works the log off in a quiet moment once it is long, and not before", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock();
  const disk = new FaultyThread();
  const limits = { walIdleBytes: 20_000, walBytes: 1_000_000 };
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start, limits });
  await commit(store, 1, "durable");
  await clock.advance(600); // the first copy
  jobs(disk);
  for (let version = 2; version < 15; version++) {
    await commit(store, version, "durable");
    await clock.advance(100);
  }
  assert.equal(jobs(disk).includes("checkpoint"), false);
  await clock.advance(500);
  assert.deepEqual(jobs(disk), ["checkpoint"]);
  await clock.advance(60_000);
  assert.deepEqual(jobs(disk), []);
});

test("works the log off at its limit whatever else happens, so that its file stays bounded", async () => {
  using temporary = temporaryDirectory();
  const limits = { walIdleBytes: 60_000, walBytes: 128 * 1024 };
  await using store = await openTestStore(temporary.path, { limits });
  for (let version = 1; version <= 400; version++) await commit(store, version, "lazy");
  const { walBytes } = await store.figures();
  assert.ok(walBytes > 0 && walBytes <= limits.walBytes + 64 * 1024, `${walBytes}`);
  assert.equal((await store.load()).twins[0]?.twin.lastVersion, 400);
});

test("makes the copy after the first change, then at most once a day and only after changes", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock(Date.UTC(2026, 10, 20));
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start });
  const copies = async (ms: number) => {
    await clock.advance(ms);
    await store.figures();
    return jobs(disk).filter((job) => job === "backup").length;
  };
  assert.equal(await copies(3 * day), 0);
  await commit(store, 1, "durable");
  assert.equal(await copies(499), 0);
  assert.equal(await copies(1), 1);
  await commit(store, 2, "durable");
  assert.equal(await copies(23 * 3_600_000), 0);
  assert.equal(await copies(3 * day), 0);
  await commit(store, 3, "durable");
  assert.equal(await copies(500), 1);
});

test("a copy from the future, made before the clock was set, does not put the next one off for ever", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock(Date.UTC(2026, 10, 20));
  const backup = join(temporary.path, "twins.backup.db");
  {
    await using store = await openTestStore(temporary.path, { clock });
    await commit(store, 1, "durable");
    await store.backup(backup);
  }
  const future = Date.UTC(2031, 0, 1) / 1000;
  utimesSync(backup, future, future);
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { clock, startThread: disk.start });
  await commit(store, 2, "durable");
  await clock.advance(500);
  assert.equal(jobs(disk).includes("backup"), true);
});

test("tells how many bytes each kind of row cost", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  const at = async () => (await store.figures()).bytesWritten;
  await store.commit([{ put: "health", device: "d", health: { state: "ok", at: 1 } }], "durable");
  const first = await at();
  await store.commit([{ put: "health", device: "d", health: { state: "ok", at: 2 } }], "durable");
  const second = await at();
  assert.equal(second.health - first.health, 1024 + 24);
  assert.deepEqual({ ...second, other: 0 }, { ...first, health: second.health, other: 0 });
  await commit(store, 1, "durable");
  const third = await at();
  assert.ok(third.twin > 0 && third.cause > 0);
  assert.equal(third.health, second.health);
});
