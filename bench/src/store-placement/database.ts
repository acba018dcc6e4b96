import Database from "better-sqlite3";

/** One changed twin with its cause, as flat cells: property number, version, four texts. */
export type Row = readonly [
  property: number,
  version: number,
  value: string,
  origin: string,
  phase: string,
  what: string,
];

const causesPerProperty = 32;

/** The same tables, pragmas and statements for both placements. Returns what writes a group in one transaction. */
export function openDatabase(path: string): { write(rows: readonly Row[]): void; checkpoint(): void; close(): void } {
  const database = new Database(path);
  for (const pragma of ["locking_mode = EXCLUSIVE", "page_size = 1024", "journal_mode = WAL", "synchronous = NORMAL"]) {
    database.pragma(pragma);
  }
  database.pragma("wal_autocheckpoint = 0");
  database.exec(`
    CREATE TABLE IF NOT EXISTS twin (property INTEGER PRIMARY KEY, version INTEGER, value TEXT, origin TEXT, phase TEXT);
    CREATE TABLE IF NOT EXISTS cause (id INTEGER PRIMARY KEY, version INTEGER, value TEXT, origin TEXT, what TEXT)`);
  const twin = database.prepare("INSERT OR REPLACE INTO twin VALUES (?, ?, ?, ?, ?)");
  const cause = database.prepare("INSERT OR REPLACE INTO cause VALUES (?, ?, ?, ?, ?)");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const frames = database.prepare<[], [number, number, number]>("PRAGMA wal_checkpoint(NOOP)").raw();
  const checkpoint = () => void database.pragma("wal_checkpoint(PASSIVE)");
  return {
    write(rows) {
      begin.run();
      for (const [property, version, value, origin, phase, what] of rows) {
        twin.run(property, version, value, origin, phase);
        cause.run(property * causesPerProperty + (version % causesPerProperty), version, value, origin, what);
      }
      commit.run();
      if ((frames.get()?.[1] ?? 0) > 4000) checkpoint();
    },
    checkpoint,
    close: () => void database.close(),
  };
}
