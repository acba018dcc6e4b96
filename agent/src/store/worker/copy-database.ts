import { rmSync, statSync } from "node:fs";
import { unfinishedSuffix } from "../files.ts";
import type { Connection } from "./connection.ts";
import { createPrivate, moveIntoPlaceLater } from "./durable-files.ts";

/**
 * Writes a compact, consistent copy of the database to `path`, replacing what is there only when the copy is whole and
 * on the card. Commits wait for the copying itself, which goes to the page cache, not for the sync.
 *
 * @returns bytes written. Rejects with the error of SQLite or the system; nothing is left over then.
 */
export async function copyDatabase(connection: Connection, path: string): Promise<number> {
  const unfinished = path + unfinishedSuffix;
  rmSync(unfinished, { force: true });
  try {
    createPrivate(unfinished);
    const synchronous = connection.pragma("synchronous", { simple: true });
    connection.pragma("synchronous = OFF");
    try {
      connection.prepare("VACUUM INTO ?").run(unfinished);
    } finally {
      connection.pragma(`synchronous = ${synchronous}`);
    }
    await moveIntoPlaceLater(unfinished, path);
    return statSync(path).size;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
