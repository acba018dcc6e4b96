import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const systemDirectory = "/var/lib/edgetwin-bridge";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where a bridge started with `env` keeps its state: `$EDGETWIN_BRIDGE_STATE_DIR`, `/var/lib/edgetwin-bridge` when it can
 * be written, `$XDG_STATE_HOME/edgetwin-bridge`, `~/.local/state/edgetwin-bridge`. Creates nothing.
 */
export function defaultStateDirectory(env: Variables): string {
  if (env.EDGETWIN_BRIDGE_STATE_DIR) return env.EDGETWIN_BRIDGE_STATE_DIR;
  if (isWritable(systemDirectory)) return systemDirectory;
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state"), "edgetwin-bridge");
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false; // absent or forbidden: both mean "not this one"
  }
}
