import type { Failure } from "./messages.ts";

const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    "the disk or the database's own limit is full; free some space, or raise store.limits.databaseBytes",
  ],
  [
    /^(SQLITE_READONLY|EROFS)/,
    "the file system is read-only; a worn-out card does that to itself: look at `dmesg`, then remount it or replace the card",
  ],
  [
    /^(SQLITE_CANTOPEN|EACCES|EPERM|SQLITE_PERM)/,
    "the agent may not write there; give the directory to the agent's user",
  ],
  [/^(SQLITE_IOERR|EIO|EFBIG|ENXIO|ENODEV)/, "the disk fails; look at `dmesg` and replace the card"],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, "the database is damaged; it will be put aside and rebuilt from its copy"],
  [
    /^(ENOTDIR|EEXIST)/,
    "a file is in the way where the state directory should be; move it or set another stateDirectory",
  ],
  [/^ENOENT/, "the file has gone; was the card removed or the directory deleted? Restart the agent to begin anew"],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, "another program holds the database; stop it"],
  [/^SQLITE_TOOBIG/, "a row is too large for the database; make the value smaller"],
];

/** What a failure of the disk means and what to do about it, for people: `disk full (SQLITE_FULL: ...)`. */
export function explainFailure({ code, message }: Failure): string {
  const found = explanations.find(([pattern]) => pattern.test(code));
  const detail = message.startsWith(code) ? message : `${code}: ${message}`;
  return found ? `${found[1]} (${detail})` : detail;
}

/** An error of SQLite, of the system or of our own as something that can be sent between threads. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "UNKNOWN", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code, message: error.message };
}
