import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { Cell } from "./columns.ts";
import { encodeWrites } from "./encode-writes.ts";
import { checkLimits } from "./limits.ts";
import type { Part } from "./messages.ts";
import { change } from "./testing/rows.ts";
import { openOnDisk } from "./worker/open-on-disk.ts";
import { TwinDatabase } from "./worker/twin-database.ts";
import { undoCommit } from "./worker/undo-commit.ts";

const limits = checkLimits({});
const frame = 1024 + 24;

function open(directory: string): TwinDatabase {
  const { connection } = openOnDisk({ directory, limits, now: 0, again: false });
  return new TwinDatabase({ connection, limits, path: join(directory, "twins.db") });
}

function commit(database: TwinDatabase, version: number): number {
  const cells: Cell[] = [];
  encodeWrites(change("d", "p", version), cells);
  return database.commit(cells, true);
}

function version(database: TwinDatabase): unknown {
  const parts: Part[] = [];
  database.load((part) => void parts.push(part));
  return parts.find(({ table }) => table === "twin")?.cells[5];
}

test("a commit whose sync failed is not there after it was taken back, whatever else is in the log", () => {
  using temporary = temporaryDirectory();
  const options = { directory: temporary.path, limits };
  const database = open(temporary.path);
  for (let at = 1; at < 10; at++) commit(database, at);
  const before = database.walBytes();
  commit(database, 10);
  assert.equal(version(database), 10);
  const swap = undoCommit(options, 32 + before);
  database.close();
  swap();
  const after = open(temporary.path);
  try {
    assert.equal(version(after), 9);
    commit(after, 11);
    assert.equal(version(after), 11);
    assert.deepEqual(readdirSync(temporary.path).sort(), ["twins.db", "twins.db-wal"]);
  } finally {
    after.close();
  }
});

test("takes back the first commit after the log was worked off", () => {
  using temporary = temporaryDirectory();
  const database = open(temporary.path);
  commit(database, 1);
  database.checkpoint();
  assert.ok(commit(database, 2) >= frame);
  const swap = undoCommit({ directory: temporary.path, limits }, 0);
  database.close();
  swap();
  const after = open(temporary.path);
  assert.equal(version(after), 1);
  after.close();
});

test("leaves the database open and as it was when the disk does not take the copy", () => {
  using temporary = temporaryDirectory();
  const database = open(temporary.path);
  commit(database, 1);
  const options = { directory: join(temporary.path, "gone"), limits };
  assert.throws(() => undoCommit(options, 0), { code: "ENOENT" });
  assert.equal(version(database), 1);
  assert.equal(existsSync(join(temporary.path, "twins.db.unfinished")), false);
  database.close();
});
