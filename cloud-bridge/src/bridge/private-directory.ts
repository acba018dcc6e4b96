import { chmodSync, mkdirSync } from "node:fs";
import { BridgeError } from "../errors.ts";

/**
 * Makes a directory that only this user may enter, also when it was there before.
 *
 * @throws BridgeError `START_FAILED` when it cannot be had.
 */
export function privateDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    return path;
  } catch (cause) {
    const fix = "choose another stateDirectory, or start as a user that may write there";
    const message = `the state directory ${path} cannot be used: ${(cause as Error).message}; ${fix}`;
    throw new BridgeError("START_FAILED", message, { cause });
  }
}
