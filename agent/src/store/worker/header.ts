import { closeSync, openSync, readSync } from "node:fs";

/** The parts of a database's first 100 bytes that are looked at before it is opened. */
export interface DatabaseHeader {
  /** False when the file does not begin as every SQLite 3 database does. */
  readonly isSqlite: boolean;
  readonly userVersion: number;
  readonly applicationId: number;
}

const magic = "SQLite format 3\0";

/**
 * Reads the header without SQLite, so that a file that is not for us stays as it is, log included. Only before the
 * database is opened: closing a file drops the locks this process has on it (POSIX advisory locks).
 *
 * @see https://www.sqlite.org/fileformat2.html clause 1.3
 */
export function readHeader(path: string): DatabaseHeader {
  const bytes = Buffer.alloc(100);
  const file = openSync(path, "r");
  let length: number;
  try {
    length = readSync(file, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(file);
  }
  return {
    isSqlite: length === bytes.length && bytes.toString("latin1", 0, magic.length) === magic,
    userVersion: bytes.readUInt32BE(60),
    applicationId: bytes.readUInt32BE(68),
  };
}
