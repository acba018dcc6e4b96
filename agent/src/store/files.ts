import { join } from "node:path";

/** Names of the files in the state directory that belong to the store. docs/reference/storage.md lists them. */
export const fileNames = {
  /** The database. */
  database: "twins.db",
  /** Its write-ahead log, SQLite's name for it. */
  wal: "twins.db-wal",
  /** SQLite's shared index of the log. We never make one, but a tool may leave one behind. */
  shm: "twins.db-shm",
  /** SQLite's rollback journal, from before the database was switched to a write-ahead log. */
  journal: "twins.db-journal",
  /** Held while an agent runs. */
  lock: "twins.lock",
  /** The daily copy. */
  backup: "twins.backup.db",
  /** Values that wait for their sink; there only after a sink was away. */
  sinks: "sinks.db",
  /** Its write-ahead log. */
  sinksWal: "sinks.db-wal",
  /** A queue of sinks that could not be used; the newest is kept. */
  sinksDamaged: "sinks.damaged.db",
  /** What values were in the past, for charts. */
  history: "history.db",
  /** Its write-ahead log. */
  historyWal: "history.db-wal",
  /** A history that could not be used; the newest is kept. */
  historyDamaged: "history.damaged.db",
} as const;

/** What a damaged file is renamed to: this, a time stamp, and the ending of the file it was. */
export const damagedPrefix = "twins.damaged-";

/** Ending of files that are being written; left over ones are removed at start. */
export const unfinishedSuffix = ".unfinished";

export type StoreFile = keyof typeof fileNames;

/** Path of one of the store's files. */
export function filePath(directory: string, file: StoreFile): string {
  return join(directory, fileNames[file]);
}
