import { closeSync, fsync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { unfinishedSuffix } from "../files.ts";

/** Makes names created, renamed or removed in `directory` survive a power cut. */
export function syncDirectory(directory: string): void {
  syncFile(directory);
}

/** Makes the content of a file survive a power cut. */
export function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes an empty file that only its owner can read, for SQLite to fill. */
export function createPrivate(path: string): void {
  closeSync(openSync(path, "wx", 0o600));
}

/** Puts `from` in the place of `to` for good: content first, then the name. */
export function moveIntoPlace(from: string, to: string): void {
  syncFile(from);
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/** The same without blocking the thread for the length of the sync. */
export async function moveIntoPlaceLater(from: string, to: string): Promise<void> {
  const file = openSync(from, "r");
  try {
    await new Promise<void>((resolve, reject) => fsync(file, (error) => (error ? reject(error) : resolve())));
  } finally {
    closeSync(file);
  }
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/** Removes what an earlier life did not finish. */
export function removeUnfinished(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith("twins.") && name.endsWith(unfinishedSuffix)) rmSync(join(directory, name), { force: true });
  }
}
