import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file that only the agent may read: whole or not at all, also when the power is cut meanwhile. Its directory is
 * made when it is missing, and belongs to whoever owns the one above.
 *
 * @throws the system's error; nothing is left behind then.
 */
export function writePrivateFile(file: string, text: string): void {
  const directory = dirname(file);
  const unfinished = `${file}.${randomBytes(4).toString("hex")}.new`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  try {
    const handle = openSync(unfinished, "wx", 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    giveToOwnerOf(dirname(directory), [directory, unfinished]);
    renameSync(unfinished, file);
    syncDirectory(directory);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Makes a name that was created, renamed or removed in `directory` survive a power cut. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** `sudo edgetwin join` must not leave files that the agent, which runs as a user of its own, cannot read. */
function giveToOwnerOf(directory: string, paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  for (const path of paths) chownSync(path, uid, gid);
}
