import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";

/**
 * The line of better-sqlite3 that this Node can run. 12 is the last one for Node 20; from Node 24.19 on it aborts the
 * process when a statement is collected (nodejs/node #65446), and 13, which is built on Node-API, needs Node 22.
 */
const name = Number(process.versions.node.split(".")[0]) >= 22 ? "better-sqlite3-13" : "better-sqlite3";

/** SQLite as better-sqlite3 offers it. */
export const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(name);

/** An open database. */
export type Connection = BetterSqlite3.Database;
