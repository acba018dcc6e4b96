import { lstatSync } from "node:fs";
import { applicationId, type Connection, quickCheck } from "./connection.ts";
import { readHeader } from "./header.ts";

/** Why what is at `path`, or an open database, cannot be ours or is broken; undefined when nothing speaks against it. */
export function damageOf(what: string | Connection): string | undefined {
  if (typeof what !== "string") return contentDamage(what);
  const found = lstatSync(what);
  if (!found.isFile()) return found.isDirectory() ? "a directory is in its place" : "it is not a plain file";
  if (found.size === 0) return "it is empty";
  return readHeader(what).isSqlite ? undefined : "it is not an SQLite database";
}

function contentDamage(connection: Connection): string | undefined {
  const id = connection.pragma("application_id", { simple: true });
  const tables = connection.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
  if (id !== applicationId && tables > 0) return "it is not a database of edgetwin";
  return quickCheck(connection);
}

/** Whether an error means that the content is broken, in contrast to a disk that does not let us at it. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ|IOERR_READ|FORMAT)/.test(code);
}
