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

/**
 * A time stamp, sortable as text: `20261120T131102Z`. Always later than those in quarantine already, also when the clock
 * of a Pi begins in the past after a power cut: else the newest file would be taken for the oldest and be removed.
 */
export function freeStamp(directory: string, now: number): string {
  const newest = stamps(directory).at(-1);
  const stamp = stampAt(now);
  if (newest === undefined || newest < stamp) return stamp;
  const [, year, month, day, hours, minutes, seconds] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(newest) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
  return stampAt(at + 1000);
}

function stampAt(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
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
  const stamp = name.startsWith(damagedPrefix) ? name.slice(damagedPrefix.length).split(".")[0] : undefined;
  return stamp !== undefined && /^\d{8}T\d{6}Z$/.test(stamp) ? stamp : undefined;
}
