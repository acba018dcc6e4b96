import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileNames, filePath } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { migrations } from "../migrations/migrations.ts";
import { type Connection, connect } from "./connection.ts";
import { damageOf, isDamage } from "./damage.ts";
import { createPrivate, removeUnfinished, syncDirectory } from "./durable-files.ts";
import { readHeader } from "./header.ts";
import { migrate } from "./migrate.ts";
import { quarantine } from "./quarantine.ts";
import { refuseNewer } from "./refusal.ts";
import { restoreBackup } from "./restore-backup.ts";
import { readWal, type WalContent } from "./wal-file.ts";
import { preserveWal, walNotice } from "./wal-notice.ts";

/** Files that mean nothing without the database. */
const loose = ["wal", "shm", "journal"] as const;

/** A database that passed the start-up check. */
export interface CheckedConnection {
  readonly connection: Connection;
  readonly notices: readonly string[];
}

/** Makes the state directory (mode 0700) when it is not there. @throws the system's error when it cannot be written. */
export function prepareDirectory(directory: string): void {
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (made !== undefined) syncDirectory(dirname(made));
  accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
}

/**
 * Opens the database in a directory whose lock we hold: checks it, puts a damaged one aside, restores the copy or
 * begins anew, and migrates.
 *
 * @throws OpenRefused `TOO_NEW`; SqliteError or the system's error when the disk does not let us.
 */
export function openOnDisk(options: WorkerOptions): CheckedConnection {
  const { directory, again, now } = options;
  const path = filePath(directory, "database");
  removeUnfinished(directory);
  const notices: string[] = [];
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined && again) statSync(path); // says ENOENT: gone while we ran is for a person to look into
  const damage = found === undefined ? undefined : damageOf(path);
  if (damage !== undefined) notices.push(putAside(options, damage));
  if (existsSync(path)) {
    const opened = openExisting(options);
    if ("connection" in opened) return finish(options, opened.connection, opened.notices);
    notices.push(putAside(options, opened.damage));
  }
  // A log without its database belongs to nothing; SQLite would mix it into whatever takes that place.
  if (loose.some((file) => existsSync(filePath(directory, file)))) {
    notices.push(`${fileNames.wal} had lost its database and was put aside as ${quarantine(directory, loose, now)}`);
  }
  const restored = restoreBackup(options);
  notices.push(...restored.notices);
  if (restored.connection) return finish(options, restored.connection, notices);
  if (notices.length > 0) notices.push("the store begins empty");
  createPrivate(path);
  return finish(options, connect(path, options.limits), notices);
}

function openExisting(options: WorkerOptions): { connection: Connection; notices: string[] } | { damage: string } {
  const path = filePath(options.directory, "database");
  const wal = readWal(filePath(options.directory, "wal"));
  refuseNewer(readHeader(path).userVersion, path);
  const notices: string[] = [];
  if (wal !== undefined && !wal.headerIsValid) notices.push(preserveWal(options));
  let connection: Connection | undefined;
  try {
    connection = connect(path, options.limits);
    const damage = damageOf(connection);
    if (damage === undefined) {
      notices.push(...lostCommits(connection, wal));
      return { connection, notices };
    }
    connection.close();
    return { damage };
  } catch (error) {
    connection?.close();
    if (isDamage(error)) return { damage: (error as Error).message };
    throw error;
  }
}

function finish(options: WorkerOptions, connection: Connection, notices: readonly string[]): CheckedConnection {
  const path = filePath(options.directory, "database");
  try {
    refuseNewer(connection.pragma("user_version", { simple: true }) as number, path);
    if (migrate(connection, migrations, options.now)) syncDirectory(options.directory);
    for (const file of ["database", "wal", "backup"] as const) {
      const of = filePath(options.directory, file);
      if (existsSync(of)) chmodSync(of, 0o600);
    }
    return { connection, notices };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function putAside({ directory, now }: WorkerOptions, damage: string): string {
  const name = quarantine(directory, ["database", "wal", "shm", "journal"], now);
  return `${fileNames.database} was damaged (${damage}) and put aside as ${name}`;
}

function lostCommits(connection: Connection, wal: WalContent | undefined): string[] {
  if (wal === undefined || wal.lastCommit === 0) return [];
  const [state] = connection.pragma("wal_checkpoint(NOOP)") as [{ log: number }];
  return state.log >= wal.lastCommit ? [] : [walNotice(wal.lastCommit - state.log)];
}
