import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the agent keeps its state and where the command finds it. */
export interface Paths {
  /** Database, token, backups. */
  readonly stateDirectory: string;
  /** The Unix socket of the REST API. */
  readonly socket: string;
}

/** The few questions to the file system that the choice of paths depends on; tests answer them from memory. */
export interface PathProbe {
  isWritableDirectory(path: string): boolean;
  exists(path: string): boolean;
}

const systemStateDirectory = "/var/lib/edgetwin";
const systemRunDirectory = "/run/edgetwin";
const socketName = "edgetwin.sock";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The paths an agent started with `env` uses. State: `$EDGETWIN_STATE_DIR`, `/var/lib/edgetwin` when it can be written,
 * `$XDG_STATE_HOME/edgetwin`, `~/.local/state/edgetwin`. Socket: `$EDGETWIN_SOCKET`, `/run/edgetwin/edgetwin.sock` when
 * that directory can be written, else `edgetwin.sock` in the state directory. Creates nothing.
 */
export function defaultPaths(env: Variables, probe: PathProbe = fileSystemProbe): Paths {
  const system = probe.isWritableDirectory(systemStateDirectory) ? systemStateDirectory : undefined;
  const stateDirectory = given(env.EDGETWIN_STATE_DIR) ?? system ?? userStateDirectory(env);
  const run = probe.isWritableDirectory(systemRunDirectory) ? systemRunDirectory : stateDirectory;
  // A state directory of one's own means an agent of one's own: it must not take the socket of the system's agent.
  const home = given(env.EDGETWIN_STATE_DIR) ? stateDirectory : run;
  return { stateDirectory, socket: given(env.EDGETWIN_SOCKET) ?? join(home, socketName) };
}

/**
 * Where the command looks for an agent, best first. An agent of another user may hold a socket in a directory that the
 * caller cannot write, so the socket must exist rather than its directory be writable.
 */
export function socketCandidates(env: Variables): readonly string[] {
  const chosen = given(env.EDGETWIN_SOCKET);
  if (chosen) return [chosen];
  const ownState = given(env.EDGETWIN_STATE_DIR);
  if (ownState) return [join(ownState, socketName)];
  return [systemRunDirectory, systemStateDirectory, userStateDirectory(env)].map((place) => join(place, socketName));
}

/** The first socket of {@link socketCandidates} that exists, else the first one. */
export function findSocket(env: Variables, probe: PathProbe = fileSystemProbe): string {
  const candidates = socketCandidates(env);
  return candidates.find((path) => probe.exists(path)) ?? (candidates[0] as string);
}

function userStateDirectory(env: Variables): string {
  const base = given(env.XDG_STATE_HOME) ?? join(given(env.HOME) ?? homedir(), ".local", "state");
  return join(base, "edgetwin");
}

/** An empty variable counts as unset, as in the XDG base directory specification. */
const given = (variable: string | undefined): string | undefined => (variable === "" ? undefined : variable);

const fileSystemProbe: PathProbe = {
  isWritableDirectory(path) {
    try {
      accessSync(path, constants.W_OK | constants.X_OK);
      return statSync(path).isDirectory();
    } catch {
      return false; // absent or forbidden: both mean "not this one"
    }
  },
  exists: existsSync,
};
