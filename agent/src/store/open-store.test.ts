import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { PropertyTwin } from "../twin/types.ts";
import { migrations } from "./migrations/migrations.ts";
import type { StoreWrite } from "./store.ts";
import { openTestStore } from "./testing/open-test-store.ts";
import { cause, change, health, resource, twin } from "./testing/rows.ts";
import { Database } from "./worker/sqlite.ts";

test("begins empty, without notices, in a directory and files that only their owner can read", async () => {
  using temporary = temporaryDirectory();
  const directory = join(temporary.path, "var", "lib");
  await using store = await openTestStore(directory);
  assert.deepEqual(await store.load(), { resources: [], twins: [], health: [], notices: [] });
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  for (const file of ["twins.db", "twins.db-wal"])
    assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file);
  assert.deepEqual(store.condition(), { state: "ok" });
});

test("gives back every kind of row as it was, after a restart", async () => {
  using temporary = temporaryDirectory();
  const full: PropertyTwin = {
    name: "level\u0000\n\"'; DROP TABLE twin",
    type: "BYTES",
    optional: true,
    desired: {
      value: new Uint8Array([0, 1, 255]),
      version: 2 ** 40,
      at: 1,
      origin: { door: "cloud", actor: "ünï 🚦", request: "r-1" },
    },
    progress: { phase: "rejected", version: 7, at: 2, attempts: 3, reason: "no such pin" },
    reported: { value: -0, at: 3, source: "mapper gpio", quality: "bad", reason: "CRC", version: 9 },
    lastVersion: 12,
    appliedVersion: 11,
    causes: 5,
  };
  const bare: PropertyTwin = {
    name: "bare",
    type: "INT",
    optional: false,
    lastVersion: 0,
    appliedVersion: 0,
    causes: 0,
  };
  const big: PropertyTwin = {
    ...bare,
    name: "big",
    reported: { value: -(2n ** 63n), at: 4, source: "s", quality: "good", version: 1 },
  };
  const writes: StoreWrite[] = [
    { put: "resource", resource: resource("d1", `{"long":"${"x".repeat(5000)}"}`) },
    ...[full, bare, big].map((of) => ({ put: "twin", device: "d1", twin: of }) as const),
    { put: "health", device: "d1", health: { state: "offline", at: 5, reason: "unplugged", lastOnlineAt: 4 } },
    { put: "health", device: "d2", health: health("unknown", 6) },
  ];
  {
    await using store = await openTestStore(temporary.path);
    await store.commit(writes, "durable");
  }
  await using store = await openTestStore(temporary.path);
  const state = await store.load();
  assert.deepEqual(state.notices, []);
  assert.deepEqual(state.resources, [resource("d1", `{"long":"${"x".repeat(5000)}"}`)]);
  assert.deepEqual(
    state.twins,
    [full, bare, big].map((of) => ({ device: "d1", twin: of })),
  );
  assert.deepEqual(state.health, [
    { device: "d1", health: { state: "offline", at: 5, reason: "unplugged", lastOnlineAt: 4 } },
    { device: "d2", health: health("unknown", 6) },
  ]);
});

test("dropping a device removes its twins, causes and health, and nothing of another device", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  for (const device of ["gone", "stays"]) {
    await store.commit(
      [
        { put: "resource", resource: resource(device) },
        ...change(device, "red", 1),
        { put: "health", device, health: health("ok") },
      ],
      "durable",
    );
  }
  await store.commit([{ drop: "resource", uid: "gone" }], "durable");
  const state = await store.load();
  assert.deepEqual(state.resources, [resource("stays")]);
  assert.deepEqual(state.twins, [{ device: "stays", twin: twin("red", 1) }]);
  assert.deepEqual(state.health, [{ device: "stays", health: health("ok") }]);
  assert.deepEqual(await store.causes("gone", "red"), []);
  assert.deepEqual(await store.causes("stays", "red"), [cause("red", 0)]);
});

test("a withdrawn twin takes its causes along, so that a new one of that name begins a new log", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  for (let version = 1; version <= 5; version++) await store.commit(change("d", "p", version), "lazy");
  await store.commit([{ drop: "twin", device: "d", property: "p" }, ...change("d", "p", 1)], "durable");
  assert.deepEqual(await store.causes("d", "p"), [cause("p", 0)]);
});

test("keeps the newest causes of each property, also when their number is configured anew", async () => {
  using temporary = temporaryDirectory();
  const sequence = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => cause("p", from + index));
  {
    await using store = await openTestStore(temporary.path, { limits: { causesPerProperty: 10 } });
    for (const written of sequence(0, 27)) await store.commit([{ put: "cause", device: "d", cause: written }], "lazy");
    assert.deepEqual(await store.causes("d", "p"), sequence(17, 27));
  }
  {
    await using store = await openTestStore(temporary.path, { limits: { causesPerProperty: 4 } });
    assert.deepEqual(await store.causes("d", "p"), sequence(23, 27));
  }
  await using store = await openTestStore(temporary.path, { limits: { causesPerProperty: 7 } });
  for (const written of sequence(27, 30)) await store.commit([{ put: "cause", device: "d", cause: written }], "lazy");
  assert.deepEqual(await store.causes("d", "p"), sequence(23, 30));
});

test("refuses a second agent in the same directory and names the process that is there", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  await assert.rejects(openTestStore(temporary.path), (error: Error & { code?: string }) => {
    assert.equal(error.code, "START_FAILED");
    assert.match(error.message, new RegExp(`${temporary.path} is in use by another agent`));
    if (existsSync("/proc/locks")) assert.match(error.message, new RegExp(`process ${process.pid}`));
    return true;
  });
  await store.commit(change("d", "p", 1), "durable");
});

test("the directory is free again once the store is closed", async () => {
  using temporary = temporaryDirectory();
  for (let round = 0; round < 3; round++) {
    await using store = await openTestStore(temporary.path);
    assert.deepEqual((await store.load()).notices, []);
  }
});

test("leaves a database of a newer release exactly as it is", async () => {
  using temporary = temporaryDirectory();
  await (await openTestStore(temporary.path))[Symbol.asyncDispose]();
  const path = join(temporary.path, "twins.db");
  const database = new Database(path);
  database.pragma("user_version = 99");
  database.close();
  const before = readFileSync(path);
  await assert.rejects(openTestStore(temporary.path), {
    code: "START_FAILED",
    message: /schema 99, this one knows up to 1.*update the agent/,
  });
  assert.deepEqual(readFileSync(path), before);
  assert.equal(existsSync(`${path}-wal`), false);
});

test("records every migration that was applied", async () => {
  using temporary = temporaryDirectory();
  await (await openTestStore(temporary.path))[Symbol.asyncDispose]();
  const database = new Database(join(temporary.path, "twins.db"));
  try {
    const rows = database.prepare("SELECT number, name FROM migration").all();
    assert.deepEqual(
      rows,
      migrations.map(({ number, name }) => ({ number, name })),
    );
    assert.deepEqual(
      migrations.map(({ number }) => number),
      migrations.map((_, index) => index + 1),
    );
  } finally {
    database.close();
  }
});

test("a write that cannot be encoded rejects alone", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(temporary.path);
  const broken = {
    put: "twin",
    device: "d",
    twin: { ...twin("p", 1), desired: { value: 1 } },
  } as unknown as StoreWrite;
  const [first, second, third] = await Promise.allSettled([
    store.commit(change("d", "a", 1), "durable"),
    store.commit([broken], "durable"),
    store.commit(change("d", "b", 1), "durable"),
  ]);
  assert.equal(first.status, "fulfilled");
  assert.equal(second.status, "rejected");
  assert.equal(third.status, "fulfilled");
  assert.deepEqual(
    (await store.load()).twins.map((of) => of.twin.name),
    ["a", "b"],
  );
});

test("a closed store takes no commit and says so", async () => {
  using temporary = temporaryDirectory();
  const store = await openTestStore(temporary.path);
  const last = store.commit(change("d", "p", 1), "lazy");
  await store[Symbol.asyncDispose]();
  await last;
  await assert.rejects(store.commit(change("d", "p", 2), "lazy"), { code: "STORE_UNAVAILABLE", message: /is closed/ });
  await assert.rejects(store.load(), { code: "STORE_UNAVAILABLE" });
});

test("a backup is a database of its own with everything in it", async () => {
  using temporary = temporaryDirectory();
  const restored = join(temporary.path, "restored");
  {
    await using store = await openTestStore(join(temporary.path, "state"));
    await store.commit([{ put: "resource", resource: resource("d") }, ...change("d", "p", 3)], "lazy");
    mkdirSync(restored);
    await store.backup(join(restored, "copy.db"));
    await store.backup(join(restored, "copy.db"));
    await store.commit(change("d", "p", 4), "durable");
    assert.equal(statSync(join(restored, "copy.db")).mode & 0o777, 0o600);
    await assert.rejects(store.backup(join(temporary.path, "nowhere", "copy.db")), { code: "STORE_UNAVAILABLE" });
  }
  copyFileSync(join(restored, "copy.db"), join(restored, "twins.db"));
  chmodSync(join(restored, "twins.db"), 0o644);
  await using copy = await openTestStore(restored);
  assert.deepEqual((await copy.load()).twins, [{ device: "d", twin: twin("p", 3) }]);
  assert.equal(statSync(join(restored, "twins.db")).mode & 0o777, 0o600);
});

test("names a limit that makes no sense", async () => {
  using temporary = temporaryDirectory();
  await assert.rejects(openTestStore(temporary.path, { limits: { causesPerProperty: 0 } }), {
    name: "RangeError",
    message: "limits.causesPerProperty is 0; it has to be a whole number from 1 to 16384",
  });
});
