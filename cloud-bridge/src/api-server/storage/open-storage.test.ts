import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStorage } from "./open-storage.ts";
import { Database } from "./sqlite.ts";
import type { Storage } from "./storage.ts";

const key = (name: string, namespace = "default") => ({ resource: "devices", namespace, name });
const put = (storage: Storage, name: string, type: "ADDED" | "MODIFIED" | "DELETED" = "ADDED", owners: string[] = []) =>
  storage.write({ ...key(name), type, owners, text: (version) => JSON.stringify({ name, version }) });

function inDirectory() {
  const directory = mkdtempSync(join(tmpdir(), "storage-"));
  return { path: join(directory, "state", "api.db"), [Symbol.dispose]: () => rmSync(directory, { recursive: true }) };
}

test("what was written is there after the file was opened again, and versions go on", async () => {
  using place = inDirectory();
  {
    await using storage = openStorage(place);
    assert.equal(put(storage, "a"), 2);
    assert.equal(put(storage, "a", "MODIFIED"), 3);
    assert.equal(put(storage, "gone"), 4);
    assert.equal(put(storage, "gone", "DELETED"), 5);
    assert.equal(statSync(place.path).mode & 0o777, 0o600);
  }
  await using storage = openStorage(place);
  assert.equal(storage.version, 5);
  assert.deepEqual(storage.get(key("a")), { ...key("a"), version: 3, text: '{"name":"a","version":3}' });
  assert.equal(storage.get(key("gone")), undefined);
  assert.equal(put(storage, "gone"), 6);
});

test("a page of an earlier version shows what was there then", async () => {
  await using storage = openStorage({ path: ":memory:" });
  for (const name of ["a", "b", "c"]) put(storage, name);
  const at = storage.version;
  put(storage, "a", "DELETED");
  put(storage, "b", "MODIFIED");
  put(storage, "bb");
  const names = (version?: number) =>
    storage
      .page({ resource: "devices", limit: 10, ...(version !== undefined && { at: version }) })
      .map((row) => `${row.name}@${row.version}`);
  assert.deepEqual(names(at), ["a@2", "b@3", "c@4"]);
  assert.deepEqual(names(), ["b@6", "bb@7", "c@4"]);
  assert.equal(storage.count({ resource: "devices", at, after: { namespace: "default", name: "a" } }), 2);
});

test("a change brings along what was there before", async () => {
  await using storage = openStorage({ path: ":memory:" });
  put(storage, "a");
  put(storage, "a", "MODIFIED");
  put(storage, "a", "DELETED");
  put(storage, "a");
  const { changes, through } = storage.changes("devices", 1, 10);
  assert.deepEqual(
    changes.map(({ type, previous }) => [type, previous && JSON.parse(previous).version]),
    [
      ["ADDED", undefined],
      ["MODIFIED", 2],
      ["DELETED", 3],
      ["ADDED", undefined],
    ],
  );
  assert.equal(through, 5);
  assert.deepEqual(storage.changes("devices", 1, 2).through, 3);
});

test("the past is bounded; objects stay, however old", async () => {
  using place = inDirectory();
  {
    await using storage = openStorage({ ...place, history: 100 });
    put(storage, "old");
    put(storage, "gone");
    put(storage, "gone", "DELETED");
    for (let count = 0; count < 2000; count++) put(storage, "busy", count === 0 ? "ADDED" : "MODIFIED");
    assert.ok(storage.oldest > storage.version - 100 - 256 - 1);
    assert.equal(storage.changes("devices", storage.oldest, 5000).changes.length, storage.version - storage.oldest);
    assert.equal(storage.page({ resource: "devices", limit: 10 }).length, 2);
  }
  const database = new Database(place.path, { readonly: true });
  const { rows } = database.prepare("SELECT count(*) AS rows FROM revision").get() as { rows: number };
  database.close();
  assert.ok(rows < 400, `${rows} rows`);
});

test("a database of nothing but deletions does not hand out a version twice", async () => {
  using place = inDirectory();
  let last = 0;
  {
    await using storage = openStorage({ ...place, history: 1 });
    for (let count = 0; count < 600; count++) {
      put(storage, "a");
      last = put(storage, "a", "DELETED");
    }
  }
  await using storage = openStorage({ ...place, history: 1 });
  assert.ok(put(storage, "a") > last);
});

test("owners are known by their uids, until the dependent is gone or has another owner", async () => {
  await using storage = openStorage({ path: ":memory:" });
  put(storage, "a", "ADDED", ["u1", "u2"]);
  assert.deepEqual(storage.dependentsOf("u1"), [key("a")]);
  put(storage, "a", "MODIFIED", ["u2"]);
  assert.deepEqual(storage.dependentsOf("u1"), []);
  put(storage, "a", "DELETED");
  assert.deepEqual(storage.owners(), []);
});

test("a file that somebody else has open, or a newer release wrote, is refused with what to do", async () => {
  using place = inDirectory();
  {
    await using _ = openStorage(place);
    assert.throws(() => openStorage(place), {
      code: "START_FAILED",
      message: /another process uses it; stop that one/,
    });
  }
  const database = new Database(place.path);
  database.pragma("user_version = 9");
  database.close();
  assert.throws(() => openStorage(place), {
    code: "START_FAILED",
    message: /schema 9.*knows up to 1; update the bridge/,
  });
});
