import { AgentError } from "../errors.ts";

/** AgentError `STORE_UNAVAILABLE` with the reason and the fix. */
export function unavailable(reason: string, cause?: unknown): AgentError {
  return new AgentError("STORE_UNAVAILABLE", `the store does not take this: ${reason}`, { cause });
}

/** Whether SQLite found the content of the database broken. */
export function isDamage(code: string): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** Whether there was no room; deleting may still work then. */
export function isFull(code: string): boolean {
  return /^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code);
}
