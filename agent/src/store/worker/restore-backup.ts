import { copyFileSync, existsSync, rmSync, statSync } from "node:fs";
import { fileNames, filePath, unfinishedSuffix } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { type Connection, connect } from "./connection.ts";
import { damageOf, isDamage } from "./damage.ts";
import { moveIntoPlace } from "./durable-files.ts";
import { readHeader } from "./header.ts";
import { quarantine } from "./quarantine.ts";
import { refuseNewer } from "./refusal.ts";

/** What restoring brought: no connection when there is no usable copy. */
export interface Restored {
  readonly connection?: Connection;
  readonly notices: readonly string[];
}

/** Puts the daily copy in the place of a database that is gone. The copy itself stays. */
export function restoreBackup({ directory, limits, now }: WorkerOptions): Restored {
  const backup = filePath(directory, "backup");
  const path = filePath(directory, "database");
  if (!existsSync(backup)) return { notices: [] };
  const aside = (damage: string): Restored => ({
    notices: [
      `${fileNames.backup} was damaged too (${damage}) and put aside as ${quarantine(directory, ["backup"], now)}`,
    ],
  });
  const damage = damageOf(backup);
  if (damage !== undefined) return aside(damage);
  refuseNewer(readHeader(backup).userVersion, backup);
  const madeAt = statSync(backup).mtime.toISOString();
  copyFileSync(backup, path + unfinishedSuffix);
  moveIntoPlace(path + unfinishedSuffix, path);
  let connection: Connection | undefined;
  try {
    connection = connect(path, limits);
    const inside = damageOf(connection);
    if (inside === undefined) {
      connection.exec("UPDATE meta SET value = value + 1 WHERE key = 'generation'");
      return { connection, notices: [`restored the copy of ${madeAt}: changes since then are lost`] };
    }
    connection.close();
    rmSync(path);
    return aside(inside);
  } catch (error) {
    connection?.close();
    if (!isDamage(error)) throw error;
    rmSync(path);
    return aside((error as Error).message);
  }
}
