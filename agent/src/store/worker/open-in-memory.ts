import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileNames, filePath } from "../files.ts";
import type { WorkerOptions } from "../messages.ts";
import { migrations } from "../migrations/migrations.ts";
import { connect, connectMemory } from "./connection.ts";
import { damageOf } from "./damage.ts";
import { migrate } from "./migrate.ts";
import type { CheckedConnection } from "./open-on-disk.ts";
import { OpenRefused, refuseNewer } from "./refusal.ts";

/**
 * A database in memory for when the state directory cannot be written: filled with what can still be read there (a card
 * that wore out turns read-only), so that outputs come back as they were; else empty. Touches nothing in the directory.
 */
export function openInMemory(options: WorkerOptions): CheckedConnection {
  for (const file of ["database", "backup"] as const) {
    const content = readInto(options, file);
    if (content === undefined) continue;
    const connection = connectMemory(options.limits, content);
    migrate(connection, migrations, options.now);
    return { connection, notices: [`the store works in memory, on what could be read from ${fileNames[file]}`] };
  }
  const connection = connectMemory(options.limits);
  migrate(connection, migrations, options.now);
  return { connection, notices: ["the store works in memory and begins empty"] };
}

/** The file with its log as one serialized database; undefined when it is absent, damaged, or there is no room to copy it. */
function readInto({ directory, limits }: WorkerOptions, file: "database" | "backup"): Buffer | undefined {
  const path = filePath(directory, file);
  let scratch: string | undefined;
  try {
    if (!existsSync(path) || damageOf(path) !== undefined) return undefined;
    scratch = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "edgetwin-"));
    const copy = join(scratch, fileNames.database);
    copyFileSync(path, copy);
    const wal = filePath(directory, "wal");
    if (file === "database" && existsSync(wal)) copyFileSync(wal, `${copy}-wal`);
    const connection = connect(copy, limits);
    try {
      refuseNewer(connection.pragma("user_version", { simple: true }) as number, path);
      if (damageOf(connection) !== undefined) return undefined;
      connection.pragma("journal_mode = DELETE"); // a serialized database cannot have a log
      return connection.serialize();
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof OpenRefused) throw error;
    return undefined;
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}
