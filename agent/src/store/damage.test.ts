import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openTestStore, whenCondition } from "./testing/open-test-store.ts";
import { change, resource, twin } from "./testing/rows.ts";
import { Database } from "./worker/sqlite.ts";

const devices = 40;

/** A state directory as an agent leaves it: version 2 of every twin, the daily copy with version 1 if wanted. */
async function filledDirectory(path: string, { withCopy }: { readonly withCopy: boolean }): Promise<void> {
  await using store = await openTestStore(path);
  for (const version of [1, 2]) {
    for (let device = 0; device < devices; device++) await store.commit(change(`d${device}`, "p", version), "lazy");
    if (withCopy && version === 1) await store.backup(join(path, "twins.backup.db"));
  }
}

function twinsAt(version: number) {
  return Array.from({ length: devices }, (_, device) => ({ device: `d${device}`, twin: twin("p", version) }));
}

function overwrite(path: string, { from, to }: { readonly from: number; readonly to: number }): void {
  const content = readFileSync(path);
  content.fill(0x5a, from, to);
  writeFileSync(path, content);
}

/** By a process of its own: closing a file here would drop the locks that the store has on it. */
function overwriteInPlace(path: string, { from, to }: { readonly from: number; readonly to: number }): void {
  const script =
    "const fs = require('fs'); const file = fs.openSync(process.argv[1], 'r+');" +
    "fs.writeSync(file, Buffer.alloc(process.argv[3] - process.argv[2], 0x5a), 0, undefined, +process.argv[2])";
  execFileSync(process.execPath, ["-e", script, path, String(from), String(to)]);
}

const damages: readonly (readonly [string, RegExp, (path: string) => void])[] = [
  ["empty", /it is empty/, (path) => truncateSync(path, 0)],
  ["not a database", /it is not an SQLite database/, (path) => writeFileSync(path, "twins: lost\n".repeat(500))],
  ["overwritten in the middle", /put aside/, (path) => overwrite(path, { from: 2048, to: 9000 })],
  ["cut in half", /put aside/, (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
  ["shorter than a header", /it is not an SQLite database/, (path) => truncateSync(path, 60)],
  [
    "a directory",
    /a directory is in its place/,
    (path) => {
      rmSync(path);
      mkdirSync(path);
      writeFileSync(join(path, "x"), "x");
    },
  ],
  [
    "a database of another program",
    /it is not a database of edgetwin/,
    (path) => {
      rmSync(path);
      const other = new Database(path);
      other.exec("CREATE TABLE photos (name TEXT)");
      other.close();
    },
  ],
];

for (const [what, notice, damage] of damages) {
  test(`puts a database aside that is ${what}, and restores the daily copy`, async () => {
    using temporary = temporaryDirectory();
    await filledDirectory(temporary.path, { withCopy: true });
    damage(join(temporary.path, "twins.db"));
    {
      await using store = await openTestStore(temporary.path);
      const state = await store.load();
      assert.match(state.notices.join("\n"), notice);
      assert.match(state.notices.join("\n"), /restored the copy of 20.*changes since then are lost/);
      assert.deepEqual(state.twins, twinsAt(1));
      assert.deepEqual(store.condition(), { state: "ok" });
      await store.commit(change("d0", "p", 3), "durable");
    }
    assert.equal(
      readdirSync(temporary.path).filter((name) => /^twins\.damaged-\d{8}T\d{6}Z\.db$/.test(name)).length,
      1,
    );
    await using again = await openTestStore(temporary.path);
    const { notices, twins } = await again.load();
    assert.deepEqual(notices, []);
    assert.deepEqual(twins[0], { device: "d0", twin: twin("p", 3) });
  });

  test(`begins empty when the database is ${what} and there is no copy`, async () => {
    using temporary = temporaryDirectory();
    await filledDirectory(temporary.path, { withCopy: false });
    damage(join(temporary.path, "twins.db"));
    await using store = await openTestStore(temporary.path);
    const state = await store.load();
    assert.match(state.notices.join("\n"), /the store begins empty/);
    assert.deepEqual(state.twins, []);
    await store.commit(change("d0", "p", 1), "durable");
    assert.deepEqual(store.condition(), { state: "ok" });
  });
}

test("restores the copy when the database is gone", async () => {
  using temporary = temporaryDirectory();
  await filledDirectory(temporary.path, { withCopy: true });
  rmSync(join(temporary.path, "twins.db"));
  await using store = await openTestStore(temporary.path);
  const state = await store.load();
  assert.match(state.notices.join("\n"), /restored the copy/);
  assert.deepEqual(state.twins, twinsAt(1));
});

test("begins empty when database and copy are both damaged, and keeps both to look at", async () => {
  using temporary = temporaryDirectory();
  await filledDirectory(temporary.path, { withCopy: true });
  for (const file of ["twins.db", "twins.backup.db"]) overwrite(join(temporary.path, file), { from: 1024, to: 7000 });
  await using store = await openTestStore(temporary.path);
  const { notices, twins } = await store.load();
  assert.match(
    notices.join("\n"),
    /twins\.db was damaged.*\n.*twins\.backup\.db was damaged too.*\nthe store begins empty/,
  );
  assert.deepEqual(twins, []);
  const aside = readdirSync(temporary.path).filter((name) => name.startsWith("twins.damaged-"));
  assert.deepEqual(aside.map((name) => name.replace(/\d{8}T\d{6}Z/, "TIME")).sort(), [
    "twins.damaged-TIME.backup.db",
    "twins.damaged-TIME.db",
  ]);
});

test("keeps the three newest damaged databases", async () => {
  using temporary = temporaryDirectory();
  for (let round = 0; round < 5; round++) {
    writeFileSync(join(temporary.path, "twins.db"), `damage number ${round}`);
    await (await openTestStore(temporary.path))[Symbol.asyncDispose]();
    rmSync(join(temporary.path, "twins.backup.db"), { force: true });
  }
  const kept = readdirSync(temporary.path).filter((name) => name.startsWith("twins.damaged-"));
  assert.deepEqual(
    kept.sort().map((name) => readFileSync(join(temporary.path, name), "utf8")),
    ["damage number 2", "damage number 3", "damage number 4"],
  );
});

/** The files as a killed agent leaves them: the database as it began, everything else in the log. */
async function killedDirectory(path: string): Promise<string> {
  const left = join(path, "left");
  mkdirSync(left);
  await using store = await openTestStore(join(path, "running"));
  await store.commit([{ put: "resource", resource: resource("d") }], "durable");
  for (let version = 1; version <= 20; version++) await store.commit(change("d", "p", version), "durable");
  for (const file of ["twins.db", "twins.db-wal"]) copyFileSync(join(path, "running", file), join(left, file));
  return left;
}

test("goes on where a killed agent stopped, from the log alone", async () => {
  using temporary = temporaryDirectory();
  await using store = await openTestStore(await killedDirectory(temporary.path));
  const { notices, twins } = await store.load();
  assert.deepEqual(notices, []);
  assert.deepEqual(twins, [{ device: "d", twin: twin("p", 20) }]);
});

test("a log that is damaged in the middle loses what is behind, and says so", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  overwrite(join(left, "twins.db-wal"), { from: 32 + 1048 * 25 + 30, to: 32 + 1048 * 25 + 900 });
  await using store = await openTestStore(left);
  const { notices, twins } = await store.load();
  assert.match(
    notices.join("\n"),
    /twins\.db-wal was damaged or torn by a power cut: \d+ of its pages could not be read/,
  );
  assert.equal(twins.length, 1);
  assert.ok((twins[0]?.twin.lastVersion ?? 0) >= 1 && (twins[0]?.twin.lastVersion ?? 20) < 20);
  assert.deepEqual(store.condition(), { state: "ok" });
});

test("a kill between the header and the page of a commit's last frame is no damage: nobody was told of that commit", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  const wal = join(left, "twins.db-wal");
  const { lastFrame } = framesOf(readFileSync(wal));
  const start = 32 + 1048 * (lastFrame - 1) + 24;
  overwrite(wal, { from: start, to: start + 1024 });
  await using store = await openTestStore(left);
  const { notices, twins } = await store.load();
  assert.deepEqual(notices, []);
  assert.equal(twins[0]?.twin.lastVersion, 19);
});

/** Frames of the current round: those with the salts of the header. */
function framesOf(wal: Buffer): { readonly lastFrame: number } {
  let lastFrame = 0;
  for (let at = 32; at + 1048 <= wal.length && wal.subarray(at + 8, at + 16).equals(wal.subarray(16, 24)); at += 1048)
    lastFrame++;
  return { lastFrame };
}

test("a log with a damaged header is kept as a copy before it is begun anew", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  overwrite(join(left, "twins.db-wal"), { from: 0, to: 20 });
  const damaged = readFileSync(join(left, "twins.db-wal"));
  await using store = await openTestStore(left);
  assert.match(
    (await store.load()).notices.join("\n"),
    /changes since the last checkpoint are lost; a copy is kept as/,
  );
  const copy = readdirSync(left).find((name) => name.startsWith("twins.damaged-"));
  assert.deepEqual(readFileSync(join(left, String(copy))), damaged);
  await store.commit(change("d", "p", 21), "durable");
});

test("a log that was cut short ends with its last whole commit", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  truncateSync(join(left, "twins.db-wal"), 32 + 1048 * 20 + 500);
  await using store = await openTestStore(left);
  const version = (await store.load()).twins[0]?.twin.lastVersion ?? 0;
  assert.ok(version > 1 && version < 20, `version ${version}`);
});

test("a log that lost its database is not mixed into the copy that takes its place", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  await filledDirectory(join(temporary.path, "other"), { withCopy: true });
  copyFileSync(join(temporary.path, "other", "twins.backup.db"), join(left, "twins.backup.db"));
  rmSync(join(left, "twins.db"));
  await using store = await openTestStore(left);
  const { notices, twins } = await store.load();
  assert.match(notices.join("\n"), /twins\.db-wal had lost its database and was put aside.*\n.*restored the copy/);
  assert.deepEqual(twins, twinsAt(1));
});

test("an index of the log that another program left behind, and rubbish in it, change nothing", async () => {
  using temporary = temporaryDirectory();
  const left = await killedDirectory(temporary.path);
  writeFileSync(join(left, "twins.db-shm"), Buffer.alloc(32_768, 0xa5));
  await using store = await openTestStore(left);
  assert.deepEqual((await store.load()).twins, [{ device: "d", twin: twin("p", 20) }]);
});

test("a database that gets damaged while the agent runs is put aside and rebuilt from the copy", async () => {
  using temporary = temporaryDirectory();
  const clock = new ManualClock();
  const limits = { walIdleBytes: 0, walBytes: 64 * 1024 };
  await using store = await openTestStore(temporary.path, { clock, limits });
  // More than the page cache holds, so that reading has to go to the file.
  for (let at = 0; at < 60; at++) {
    await store.commit([{ put: "resource", resource: resource(`d${at}`, "x".repeat(50_000)) }], "lazy");
  }
  await store.commit(change("d0", "p", 1), "durable");
  await store.backup(join(temporary.path, "twins.backup.db"));
  overwriteInPlace(join(temporary.path, "twins.db"), { from: 4096, to: 1_500_000 });
  await assert.rejects(store.load(), { code: "STORE_UNAVAILABLE", message: /the database is damaged/ });
  assert.equal(store.condition().state, "degraded");
  const recovered = whenCondition(store, "ok");
  await clock.advance(1000);
  await recovered;
  await store.commit(change("d0", "p", 2), "durable");
  const { resources, twins } = await store.load();
  assert.equal(resources.length, 60);
  assert.deepEqual(twins, [{ device: "d0", twin: twin("p", 2) }]);
  assert.ok(readdirSync(temporary.path).some((name) => name.startsWith("twins.damaged-")));
});
