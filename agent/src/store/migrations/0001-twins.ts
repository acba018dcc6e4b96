import type { Migration } from "./migration.ts";

/**
 * The first layout. A property gets a small number, so that the rows that change all the time have integer keys: the
 * row id of a cause is `property * 16384 + seq % causesPerProperty`, which makes the log of each property a ring that
 * is overwritten in place, needs no index and lies together.
 *
 * Values are in the tagged text of `encodeValue` (`s:ON`, `i:30`), origins JSON arrays of door, actor and request, times wall-clock milliseconds.
 */
export const twins: Migration = {
  number: 1,
  name: "twins",
  sql: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE resource (
      uid TEXT PRIMARY KEY, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
      generation INTEGER NOT NULL, manifest TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE property (
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (device, name)
    ) STRICT;
    CREATE TABLE twin (
      property INTEGER PRIMARY KEY, type TEXT NOT NULL, optional INTEGER NOT NULL,
      desired TEXT, desired_version INTEGER, desired_at INTEGER, desired_origin TEXT,
      phase TEXT, progress_version INTEGER, progress_at INTEGER, attempts INTEGER, progress_reason TEXT,
      reported TEXT, reported_at INTEGER, reported_source TEXT, quality TEXT, reported_reason TEXT,
      reported_version INTEGER,
      last_version INTEGER NOT NULL, applied_version INTEGER NOT NULL, causes INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE cause (
      id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, origin TEXT NOT NULL, what TEXT NOT NULL,
      version INTEGER, value TEXT, reason TEXT
    ) STRICT;
    CREATE TABLE health (
      device TEXT PRIMARY KEY, state TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT, last_online_at INTEGER
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta (key, value) VALUES ('generation', 1);
  `,
};
