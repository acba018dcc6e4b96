import type { Migration } from "./migration.ts";

/** The layout of `history.db`. Rows of one property and tier lie together in order of time, as charts read them. */
export const historyMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "history",
    sql: `
      CREATE TABLE series (id INTEGER PRIMARY KEY, device TEXT NOT NULL, property TEXT NOT NULL, UNIQUE (device, property)) STRICT;
      CREATE TABLE past (
        series INTEGER NOT NULL, tier INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (series, tier, start)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
