import type { Migration } from "./migration.ts";

/**
 * The layout of `sinks.db`. Points of a target lie together in the order in which they are sent, so that an
 * acknowledged batch frees whole pages.
 */
export const sinkQueueMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "sink queue",
    sql: `
      CREATE TABLE source (id INTEGER PRIMARY KEY, target INTEGER NOT NULL, facts TEXT NOT NULL) STRICT;
      CREATE TABLE point (
        target INTEGER NOT NULL, id INTEGER NOT NULL, source INTEGER NOT NULL,
        at INTEGER NOT NULL, quality TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (target, id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
