import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Finding } from "@edgetwin/mapper-sdk";

const megabyte = 1024 * 1024;
/** Below this the database, its log and its backup may not fit. */
const failBelowBytes = 50 * megabyte;
const warnBelowBytes = 200 * megabyte;

/** Whether the state directory can be used and has room. */
export async function diskFindings(stateDirectory: string): Promise<Finding[]> {
  return [directoryFinding(stateDirectory), await spaceFinding(existing(stateDirectory))];
}

function directoryFinding(path: string): Finding {
  const check = "state directory";
  const nearest = existing(path);
  if (nearest !== path) {
    return isUsable(nearest)
      ? { check, state: "ok", message: `${path} will be created at the first start` }
      : { check, state: "fail", message: `${path} cannot be created in ${nearest}`, fix: fixFor(path) };
  }
  if (!statSync(path).isDirectory()) {
    return { check, state: "fail", message: `${path} is no directory`, fix: "remove it or set EDGETWIN_STATE_DIR" };
  }
  if (isUsable(path)) return { check, state: "ok", message: `${path} can be written` };
  return { check, state: "fail", message: `${path} cannot be written by this user`, fix: fixFor(path) };
}

async function spaceFinding(path: string): Promise<Finding> {
  const check = "disk space";
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const message = `${Math.floor(free / megabyte)} MB free at ${path}`;
  if (free >= warnBelowBytes) return { check, state: "ok", message };
  const fix = "make room: sudo apt-get clean, sudo journalctl --vacuum-size=50M, or a larger card";
  return { check, state: free < failBelowBytes ? "fail" : "warn", message, fix };
}

function existing(path: string): string {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false; // the finding says what to do about it
  }
}

const fixFor = (path: string): string =>
  `sudo install -d -o "$USER" ${path}, or set EDGETWIN_STATE_DIR to a directory of yours`;
