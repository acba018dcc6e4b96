import type { StoreLimits } from "../limits.ts";
import { type Connection, Database } from "./sqlite.ts";

export type { Connection };

/**
 * Bytes of a page. Small, because a change of one property writes whole pages: 1 KiB makes it two frames of 1048 bytes,
 * 4 KiB would make it two of 4120; below 1 KiB rows with long texts spill over.
 */
export const pageBytes = 1024;

/** Bytes in front of every page in the write-ahead log (SQLite file format 4.1). */
export const walFrameHeaderBytes = 24;

/** Marks the file as ours: `PRAGMA application_id`, "Etw1". */
export const applicationId = 0x45747731;

/**
 * Opens the database at `path` for this process alone. Exclusive locking keeps the index of the log in memory: no
 * `-shm` file, and no other program can change rows behind our back. Checkpoints are ours to time. Memory: the page
 * cache is bounded to 1 MiB, larger transactions spill into the log.
 *
 * @throws SqliteError when the file is damaged, held by another process or cannot be written.
 */
export function connect(path: string, limits: StoreLimits): Connection {
  const connection = new Database(path, { timeout: 0 });
  try {
    connection.pragma("locking_mode = EXCLUSIVE");
    connection.pragma(`page_size = ${pageBytes}`);
    connection.pragma("cache_size = -1024");
    connection.pragma("temp_store = MEMORY");
    connection.pragma("trusted_schema = OFF");
    connection.pragma("journal_mode = WAL");
    connection.pragma("synchronous = NORMAL");
    connection.pragma("wal_autocheckpoint = 0");
    connection.pragma(`journal_size_limit = ${limits.walBytes}`);
    limitSize(connection, limits);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A database that lives in this process only, empty or with what `content` (a serialized database) holds. */
export function connectMemory(limits: StoreLimits, content?: Buffer): Connection {
  const connection = new Database(content ?? ":memory:");
  connection.pragma("temp_store = MEMORY");
  limitSize(connection, limits);
  return connection;
}

function limitSize(connection: Connection, { databaseBytes }: StoreLimits): void {
  const bytes = connection.pragma("page_size", { simple: true }) as number;
  connection.pragma(`max_page_count = ${Math.max(1, Math.floor(databaseBytes / bytes))}`);
}

/** What SQLite's own check finds wrong, first finding only; undefined when the file is sound. */
export function quickCheck(connection: Connection): string | undefined {
  const finding = connection.pragma("quick_check(1)", { simple: true });
  if (finding === "ok") return undefined;
  return String(finding).replace("*** in database main ***", "").replace(/\s+/g, " ").trim();
}
