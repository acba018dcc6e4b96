import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";

/** Rows per second of a bare better-sqlite3 loop: WAL, synchronous=FULL, one upsert of 200 bytes, `rowsPerCommit` at a time. */
export function sqliteRowsPerSecond(rowsPerCommit: number, seconds = 2): number {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
  const database = new Database(join(directory, "raw.db"));
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec("CREATE TABLE rows (id INTEGER PRIMARY KEY, value TEXT)");
    const upsert = database.prepare("INSERT OR REPLACE INTO rows VALUES (?, ?)");
    const text = "x".repeat(200);
    let rows = 0;
    const commit = database.transaction(() => {
      for (let row = 0; row < rowsPerCommit; row++) upsert.run(rows++ % 1000, text);
    });
    const start = performance.now();
    while (performance.now() - start < seconds * 1000) commit();
    return rows / ((performance.now() - start) / 1000);
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
}
