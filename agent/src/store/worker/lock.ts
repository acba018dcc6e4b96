import { readFileSync, statSync } from "node:fs";
import { Database } from "./sqlite.ts";

/**
 * Keeps a second agent out of the state directory for as long as this process lives, kill -9 included: an exclusive
 * transaction on an empty database is a lock of the operating system and writes nothing.
 *
 * @returns how to let go.
 * @throws SqliteError `SQLITE_BUSY` when another process holds it.
 */
export function lock(path: string): () => void {
  const connection = new Database(path, { timeout: 0 });
  try {
    connection.pragma("journal_mode = MEMORY"); // else it makes a journal for the transaction that never ends
    connection.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    connection.close();
    throw error;
  }
  return () => void connection.close();
}

/** Id of the process that holds a lock on `path`, where the kernel tells (Linux, `/proc/locks`). */
export function holderOf(path: string): number | undefined {
  try {
    const inode = statSync(path).ino;
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      const match = /\bWRITE\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line);
      if (match && Number(match[2]) === inode) return Number(match[1]);
    }
  } catch {
    return undefined; // only decoration of an error message
  }
  return undefined;
}
