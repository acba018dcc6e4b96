import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";

/** 12 is the last line of better-sqlite3 for Node 20, 13 the first that survives Node 24.19 (nodejs/node #65446). */
const name = Number(process.versions.node.split(".")[0]) >= 22 ? "better-sqlite3-13" : "better-sqlite3";

/** SQLite as better-sqlite3 offers it. */
export const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(name);

/** An open database. */
export type Connection = BetterSqlite3.Database;
