import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

const systemDirectory = "/var/lib/edgetwin";

/**
 * Where a network is kept unless its device says where: `zigbee` in the state folder of the agent, which is
 * `$EDGETWIN_STATE_DIR`, `/var/lib/edgetwin` when it can be written, or the one of the user.
 */
export function defaultStateDirectory(env: Variables, isWritable: (path: string) => boolean = canWrite): string {
  const own = env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state");
  const base = env.EDGETWIN_STATE_DIR || (isWritable(systemDirectory) ? systemDirectory : join(own, "edgetwin"));
  return join(base, "zigbee");
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
