import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultPaths, findSocket, socketCandidates } from "../config/paths.ts";
import type { AgentAddress } from "./client.ts";
import { usageError } from "./usage-error.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The agent that options and environment name: `--server` with a token, `--socket`, or the socket found at the usual
 * places.
 *
 * @throws AgentError `REQUEST_INVALID` for contradicting options and a URL that is none.
 */
export function agentAddress(options: ReadonlyMap<string, string>, env: Variables): AgentAddress {
  const server = options.get("server");
  const socket = options.get("socket");
  const token = options.get("token");
  if (server === undefined) {
    if (token !== undefined) throw usageError("--token is for --server; a socket needs none", "edgetwin help");
    return socket === undefined ? foundSocket(env) : { socket };
  }
  if (socket !== undefined) throw usageError("--socket and --server are two agents; give one", "edgetwin help");
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw usageError(`--server "${server}" is no http URL`, "edgetwin get devices --server http://127.0.0.1:7480");
  }
  return { server: url, token: token ?? env.EDGETWIN_TOKEN ?? tokenOfThisMachine(env) };
}

function foundSocket(env: Variables): AgentAddress {
  const socket = findSocket(env);
  return existsSync(socket) ? { socket } : { socket, tried: socketCandidates(env) };
}

/** The token that an agent of this user and machine made; undefined when there is none to read. */
function tokenOfThisMachine(env: Variables): string | undefined {
  try {
    return readFileSync(join(defaultPaths(env).stateDirectory, "token"), "utf8").trim();
  } catch {
    return undefined; // the agent will say that it wants a token
  }
}
