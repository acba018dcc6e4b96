import type { Log } from "@edgetwin/mapper-sdk";
import type { Core } from "./core.ts";
import { AgentError } from "./errors.ts";

/**
 * How doors are opened that need to write something. On a disk that takes no writes such a door stays closed, and gives
 * undefined, because the agent must go on to drive its outputs; on a sound disk what is in the way ends the start.
 */
export function doorsOnDisk({ store, log }: Pick<Core, "store" | "log">) {
  const degraded = store.condition().state !== "ok";
  return <T>(door: string, open: () => T) => (degraded ? unlessDiskFails(door, log, open) : open());
}

/** What the system calls a disk that does not take a file. */
const diskFailures = ["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT", "EIO", "ENOTDIR", "EEXIST", "ENOENT"];

async function unlessDiskFails<T>(door: string, log: Log, open: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await open();
  } catch (error) {
    const cause = error instanceof AgentError ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (!diskFailures.includes(code)) throw error;
    log.error("door stays closed", { door, error });
    return undefined;
  }
}
