import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileNames, filePath } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { damagedName, freeStamp } from "./quarantine.ts";

/** Keeps a copy of a log that SQLite is about to ignore and overwrite. @returns the notice. */
export function preserveWal({ directory, now }: WorkerOptions): string {
  const name = damagedName(freeStamp(directory, now), "wal");
  copyFileSync(filePath(directory, "wal"), join(directory, name));
  return `the beginning of ${fileNames.wal} was damaged: changes since the last checkpoint are lost; a copy is kept as ${name}`;
}

/** @param frames pages that belong to commits SQLite could not take over. */
export function walNotice(frames: number): string {
  return (
    `${fileNames.wal} was damaged or torn by a power cut: ${frames} of its pages could not be read, ` +
    "the last changes before that may be lost"
  );
}
