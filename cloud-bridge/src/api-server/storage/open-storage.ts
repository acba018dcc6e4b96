import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { BridgeError } from "../../errors.ts";
import { indexes, schema, schemaVersion } from "./schema.ts";
import { type Connection, Database } from "./sqlite.ts";
import { SqliteStorage } from "./sqlite-storage.ts";
import type { Storage } from "./storage.ts";

/** Where objects are kept, and how much of the past. */
export interface StorageOptions {
  /** The database file; its folder is made with mode 0700 when it is not there. */
  readonly path: string;
  /** How many changes a watch may lie behind before it has to list again. Default 10,000. */
  readonly history?: number;
}

/**
 * Opens the database, which belongs to one process alone while it is open.
 *
 * @throws BridgeError `START_FAILED` when it cannot be opened, another process has it, it is damaged, or a newer release
 * wrote it.
 */
export function openStorage({ path, history = 10_000 }: StorageOptions): Storage {
  let database: Connection | undefined;
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    database = new Database(path, { timeout: 0 });
    if (path !== ":memory:") chmodSync(path, 0o600);
    prepare(database);
    return new SqliteStorage(database, history);
  } catch (cause) {
    database?.close();
    if (cause instanceof BridgeError) throw cause;
    throw new BridgeError("START_FAILED", `the database ${path} cannot be opened: ${explain(cause)}`, { cause });
  }
}

function prepare(database: Connection): void {
  database.pragma("locking_mode = EXCLUSIVE");
  database.pragma("journal_mode = WAL");
  // An answer means that the change is on the disk, also after a power cut.
  database.pragma("synchronous = FULL");
  const found = Number(database.pragma("user_version", { simple: true }));
  if (found > schemaVersion) {
    const message = `${database.name} has schema ${found}, this release knows up to ${schemaVersion}; update the bridge`;
    throw new BridgeError("START_FAILED", message);
  }
  database.transaction(() => {
    if (found < schemaVersion) {
      database.exec(schema);
      database.pragma(`user_version = ${schemaVersion}`);
    }
    database.exec(indexes);
  })();
}

function explain(cause: unknown): string {
  const { code, message } = cause as Error & { code?: string };
  if (code === "SQLITE_BUSY") return "another process uses it; stop that one or choose another file";
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") return "it is damaged; restore a backup or move it away";
  return message;
}
