import { closeSync, copyFileSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { filePath, unfinishedSuffix } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { connect } from "./connection.ts";
import { syncDirectory, syncFile } from "./durable-files.ts";

/**
 * Takes back a commit that SQLite has but whose sync failed, so that what callers were refused does not come back after
 * a restart: builds the database as it was from its file and the log up to `walBytes`, and puts it in place of the old
 * one. That also writes every page anew, which a failed sync calls for: the system forgets what it could not write.
 *
 * A crash at any point leaves either state, never a mixture: the log stays until the new file is in place, and
 * working it off over either file gives the newer state.
 *
 * @param walBytes length of the log before the commit.
 * @returns puts the copy, which is on the card by then, in place of the database; that has to be closed before.
 * @throws while the disk does not take the copy; nothing has changed then.
 */
export function undoCommit(options: Pick<WorkerOptions, "directory" | "limits">, walBytes: number): () => void {
  const path = filePath(options.directory, "database");
  const wal = filePath(options.directory, "wal");
  const copy = path + unfinishedSuffix;
  try {
    copyFileSync(path, copy);
    writeFileSync(`${copy}-wal`, readStart(wal, walBytes));
    const connection = connect(copy, options.limits);
    try {
      connection.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      connection.close();
    }
    syncFile(copy);
  } catch (error) {
    for (const file of [copy, `${copy}-wal`]) rmSync(file, { force: true });
    throw error;
  }
  return () => {
    renameSync(copy, path);
    syncDirectory(options.directory);
    rmSync(wal, { force: true });
  };
}

function readStart(path: string, length: number): Buffer {
  const content = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    return content.subarray(0, readSync(file, content, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
