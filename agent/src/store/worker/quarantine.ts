import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { damagedPrefix, fileNames, filePath, type StoreFile } from "../files.ts";
import { syncDirectory } from "./durable-files.ts";

/** How many damaged databases are kept to look at. */
export const keptDamaged = 3;

/**
 * Renames files that cannot be used to `twins.damaged-<time>.db` and so on, and forgets all but the newest three.
 *
 * @param now wall-clock milliseconds.
 * @returns the new name of the first file that was there.
 */
export function quarantine(directory: string, files: readonly StoreFile[], now: number): string {
  const stamp = freeStamp(directory, now);
  const renamed: string[] = [];
  for (const file of files) {
    if (!existsSync(filePath(directory, file))) continue;
    const name = damagedName(stamp, file);
    renameSync(filePath(directory, file), join(directory, name));
    renamed.push(name);
  }
  prune(directory);
  syncDirectory(directory);
  return renamed[0] ?? damagedName(stamp, files[0] ?? "database");
}

/** Name in quarantine: `twins.db-wal` becomes `twins.damaged-<stamp>.db-wal`. */
export function damagedName(stamp: string, file: StoreFile): string {
  return damagedPrefix + stamp + fileNames[file].slice("twins".length);
}

/** A time stamp that no file in quarantine has yet, sortable as text: `20261120T131102Z`. */
export function freeStamp(directory: string, now: number): string {
  const taken = new Set(stamps(directory));
  for (let at = now; ; at += 1000) {
    const stamp = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
    if (!taken.has(stamp)) return stamp;
  }
}

function prune(directory: string): void {
  const kept = new Set(stamps(directory).slice(-keptDamaged));
  for (const name of readdirSync(directory)) {
    const stamp = stampOf(name);
    if (stamp !== undefined && !kept.has(stamp)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function stamps(directory: string): string[] {
  const found = readdirSync(directory).map(stampOf);
  return [...new Set(found.filter((stamp) => stamp !== undefined))].sort();
}

function stampOf(name: string): string | undefined {
  return name.startsWith(damagedPrefix) ? name.slice(damagedPrefix.length).split(".")[0] : undefined;
}
