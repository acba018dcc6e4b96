import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** The log before the database: what a checkpoint moves meanwhile is then in both, never in neither. */
const files = ["twins.db-wal", "twins.db", "twins.backup.db", "token"];

/** What a card holds at this instant, copied into the new directory `to` while the agent goes on to write to `from`. */
export function takeCrashImage(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  for (const name of files) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}
