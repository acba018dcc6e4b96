import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { FaultyThread } from "./testing/faulty-thread.ts";
import { openTestStore, whenCondition } from "./testing/open-test-store.ts";
import { change, resource, twin } from "./testing/rows.ts";

const unavailable = { code: "STORE_UNAVAILABLE" };
const isRoot = process.getuid?.() === 0;

test("a full database refuses what needs room, says why, still deletes, and then takes writes again", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path, { limits: { databaseBytes: 128 * 1024 } });
  const large = (uid: string) => [{ put: "resource", resource: resource(uid, "x".repeat(30_000)) }] as const;
  let stored = 0;
  await assert.rejects(
    async () => {
      for (; stored < 20; stored++) await store.commit(large(`d${stored}`), "durable");
    },
    { ...unavailable, message: /full; free some space, or raise store\.limits\.databaseBytes \(SQLITE_FULL/ },
  );
  assert.equal(store.condition().state, "degraded");
  await assert.rejects(store.commit(large("another"), "lazy"), unavailable);
  await store.commit([{ drop: "resource", uid: "d0" }], "durable");
  assert.deepEqual(store.condition(), { state: "ok" });
  await store.commit(large("another"), "durable");
  const names = (await store.load()).resources.map(({ uid }) => uid);
  assert.deepEqual(names, ["another", ...Array.from({ length: stored - 1 }, (_, index) => `d${index + 1}`)].sort());
});

test("everything submitted before a failure was reported fails with it, in order, and nothing of it is stored", async () => {
  using temporary = temporaryDirectory();
  const disk = new FaultyThread();
  await using store = await openTestStore(temporary.path, { startThread: disk.start });
  await store.commit(change("d", "p", 1), "durable");
  disk.fail = (job) => (job.do === "commit" ? "SQLITE_IOERR_WRITE" : undefined);
  const order: string[] = [];
  const submit = (name: string, version: number) =>
    assert.rejects(store.commit(change("d", "p", version), "durable"), unavailable).then(() => void order.push(name));
  const first = submit("first", 2);
  await Promise.resolve();
  const second = submit("second", 3);
  await Promise.all([first, second, submit("third", 4)]);
  assert.deepEqual(order, ["first", "second", "third"]);
  await assert.rejects(store.commit(change("d", "p", 5), "lazy"), { message: /the disk fails; look at `dmesg`/ });
  assert.deepEqual((await store.load()).twins, [{ device: "d", twin: twin("p", 1) }]);
});

test("tries a failed disk again after 1, 2, 4 seconds and so on, and returns to ok by itself", async () => {
  using temporary = temporaryDirectory();
  const disk = new FaultyThread();
  const clock = new ManualClock();
  await using store = await openTestStore(temporary.path, { startThread: disk.start, clock });
  disk.fail = (job) => (job.do === "load" ? undefined : "EIO");
  await assert.rejects(store.commit(change("d", "p", 1), "durable"), unavailable);
  const waits: (number | undefined)[] = [];
  for (let round = 0; round < 8; round++) {
    const wait = clock.nextDueMs ?? 0;
    waits.push(wait);
    await clock.advance(wait);
  }
  assert.deepEqual(waits.slice(0, 3), [1000, 2000, 4000]);
  assert.ok(
    waits.every((wait) => (wait ?? 0) <= 60_000),
    waits.join(),
  );
  disk.fail = () => undefined;
  const recovered = whenCondition(store, "ok");
  await clock.advance(60_000);
  await recovered;
  await store.commit(change("d", "p", 1), "durable");
  assert.deepEqual((await store.load()).twins, [{ device: "d", twin: twin("p", 1) }]);
});

test("a lazy flush that fails degrades the condition although nobody waited for it", async () => {
  using temporary = temporaryDirectory();
  const disk = new FaultyThread();
  const clock = new ManualClock();
  await using store = await openTestStore(temporary.path, { startThread: disk.start, clock, flushMs: 250 });
  disk.fail = (job) => (job.do === "sync" ? "EIO" : undefined);
  await store.commit(change("d", "p", 1), "lazy");
  assert.deepEqual(store.condition(), { state: "ok" });
  await clock.advance(250);
  assert.equal((await whenCondition(store, "degraded")).state, "degraded");
});

test("restarts a storage thread that crashed; what was in flight is refused", async () => {
  using temporary = temporaryDirectory();
  const disk = new FaultyThread();
  const clock = new ManualClock();
  await using store = await openTestStore(temporary.path, { startThread: disk.start, clock });
  const blob = "x".repeat(5_000_000); // long enough to be under way when the thread ends
  await store.commit(change("d", "p", 1), "durable");
  let asked = () => {};
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  disk.hold = (job) => {
    if (job.do === "commit") asked();
    return undefined;
  };
  const inFlight = assert.rejects(
    store.commit([{ put: "resource", resource: resource("large", blob) }], "durable"),
    unavailable,
  );
  await wasAsked;
  await disk.crash();
  await inFlight;
  await assert.rejects(store.commit(change("d", "p", 2), "durable"), { ...unavailable, message: /ran out of memory/ });
  await assert.rejects(store.load(), unavailable);
  assert.equal((await store.figures()).rows, 0, "the last known figures");
  const recovered = whenCondition(store, "ok");
  await clock.advance(1000);
  await recovered;
  assert.equal(disk.starts, 2);
  await store.commit(change("d", "p", 2), "durable");
  assert.deepEqual((await store.load()).twins, [{ device: "d", twin: twin("p", 2) }]);
});

test("a disk that does not answer shows in the condition, and again when it does", async () => {
  using temporary = temporaryDirectory();
  const disk = new FaultyThread();
  const clock = new ManualClock();
  await using store = await openTestStore(temporary.path, { startThread: disk.start, clock, stallMs: 10_000 });
  let answer = () => {};
  disk.hold = (job) => (job.do === "commit" ? new Promise((resolve) => (answer = resolve)) : undefined);
  const slow = store.commit(change("d", "p", 1), "durable");
  await clock.advance(9999);
  assert.deepEqual(store.condition(), { state: "ok" });
  await clock.advance(1);
  const condition = store.condition();
  assert.match(condition.state === "degraded" ? condition.reason : "", /has not answered for 10 s/);
  answer();
  await slow;
  assert.deepEqual(store.condition(), { state: "ok" });
});

test("works in memory, degraded, when a file is where the state directory should be", async () => {
  using temporary = temporaryDirectory();
  const path = join(temporary.path, "state");
  writeFileSync(path, "");
  await using store = await openTestStore(path);
  const condition = store.condition();
  assert.match(
    condition.state === "degraded" ? condition.reason : "",
    /cannot be used.*kept in memory only and are lost/,
  );
  await store.commit(change("d", "p", 1), "durable");
  const { notices, twins } = await store.load();
  assert.match(notices.join("\n"), /cannot be used[\s\S]*begins empty/);
  assert.deepEqual(twins, [{ device: "d", twin: twin("p", 1) }]);
  assert.equal(store.condition().state, "degraded");
});

/** Makes a directory that cannot be written, for root by a read-only mount, until it is disposed. */
function readOnly(path: string): Disposable {
  if (!isRoot) {
    chmodSync(path, 0o500);
    return { [Symbol.dispose]: () => chmodSync(path, 0o700) };
  }
  execFileSync("mount", ["--bind", path, path]);
  execFileSync("mount", ["-o", "remount,ro,bind", path]);
  return { [Symbol.dispose]: () => void execFileSync("umount", [path]) };
}

/** A disk of 512 KiB: a tmpfs, which only root may mount; for others the database's own limit stands in. */
function tinyDisk(path: string): Disposable {
  mkdirSync(path);
  if (!isRoot) return { [Symbol.dispose]() {} };
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", path]);
  return { [Symbol.dispose]: () => void execFileSync("umount", ["-l", path]) };
}

test("goes on from what it can read on a read-only file system, in memory, and changes nothing there", async () => {
  using temporary = temporaryDirectory();
  const path = join(temporary.path, "state");
  await using running = await openTestStore(path);
  await running.commit(change("d", "p", 7), "durable");
  const left = join(temporary.path, "left");
  mkdirSync(left);
  execFileSync("cp", [join(path, "twins.db"), join(path, "twins.db-wal"), left]);
  using _mount = readOnly(left);
  const files = readdirSync(left);
  await using store = await openTestStore(left);
  const { notices, twins } = await store.load();
  assert.match(notices.join("\n"), /on what could be read from twins\.db/);
  assert.deepEqual(twins, [{ device: "d", twin: twin("p", 7) }]);
  await store.commit(change("d", "p", 8), "durable");
  assert.equal(store.condition().state, "degraded");
  assert.deepEqual(readdirSync(left), files);
});

test("a disk that runs full and gets room again", async () => {
  using temporary = temporaryDirectory();
  const path = join(temporary.path, "disk");
  using _mount = tinyDisk(path);
  const clock = new ManualClock();
  const limits = isRoot ? {} : { databaseBytes: 256 * 1024 };
  await using store = await openTestStore(join(path, "state"), { clock, limits });
  await store.commit(change("d", "p", 1), "durable");
  const ballast = join(path, "ballast");
  if (isRoot) assert.throws(() => writeFileSync(ballast, Buffer.alloc(1024 * 1024)), { code: "ENOSPC" });
  let stored = 0;
  await assert.rejects(
    async () => {
      for (; stored < 100; stored++) {
        await store.commit([{ put: "resource", resource: resource(`d${stored}`, "x".repeat(20_000)) }], "durable");
      }
    },
    { ...unavailable, message: /is full; free some space/ },
  );
  const recovered = whenCondition(store, "ok");
  rmSync(ballast, { force: true });
  if (!isRoot) await store.commit([{ drop: "resource", uid: "d0" }], "durable");
  await clock.advance(1000);
  await recovered;
  await store.commit(change("d", "p", 2), "durable");
  const state = await store.load();
  assert.deepEqual(state.twins, [{ device: "d", twin: twin("p", 2) }]);
  assert.equal(state.resources.length, isRoot ? stored : stored - 1);
});
