import type { Migration } from "../migrations/migration.ts";
import { applicationId, type Connection } from "./connection.ts";

/**
 * Brings the schema up to date, each step in a transaction of its own, and records it in the table `migration`.
 * Afterwards the version also stands in the file's own header, where it can be read without opening the database.
 *
 * @param now wall-clock milliseconds to record.
 * @returns whether anything was done.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], now: number): boolean {
  const missing = migrations.filter(({ number }) => number > schemaVersion(connection));
  if (missing.length === 0) return false;
  connection.pragma("synchronous = FULL");
  connection.exec(`CREATE TABLE IF NOT EXISTS migration
    (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
  connection.pragma(`application_id = ${applicationId}`);
  for (const step of missing) {
    connection.transaction(() => {
      connection.exec(step.sql);
      connection
        .prepare("INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?)")
        .run(step.number, step.name, now);
      connection.pragma(`user_version = ${step.number}`);
    })();
  }
  connection.pragma("wal_checkpoint(TRUNCATE)");
  connection.pragma("synchronous = NORMAL");
  return true;
}

/** Number of the last migration that was applied; 0 for an empty database. */
export function schemaVersion(connection: Connection): number {
  return connection.pragma("user_version", { simple: true }) as number;
}
