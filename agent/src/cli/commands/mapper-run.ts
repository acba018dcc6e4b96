import { accessSync, constants, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Board, MapperError, Scope } from "@edgetwin/mapper-sdk";
import { serveMappers } from "@edgetwin/mapper-sdk/dmi";
import { createLog, type LogLevel } from "@edgetwin/program";
import { chooseBoard } from "../../board.ts";
import { loadConfig } from "../../config/load-config.ts";
import { findSocket } from "../../config/paths.ts";
import { AgentError } from "../../errors.ts";
import { extendBoard } from "../../extend-board.ts";
import { importFailure } from "../../import-failure.ts";
import type { Part } from "../../registry/catalogue.ts";
import { importParts } from "../../registry/import-parts.ts";
import { noParts } from "../../registry/load-mappers.ts";
import { resolverFrom } from "../../registry/resolve-package.ts";
import { version } from "../../version.ts";
import type { Invocation } from "../command.ts";

/** Where KubeEdge's EdgeCore listens for mappers. */
const edgecoreSocket = "/etc/kubeedge/dmi.sock";
/** Devices are closed in order, but not for ever. */
const letGoMs = 4_000;

/** `edgetwin mapper run`: one mapper package as a process of its own, until SIGINT or SIGTERM. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output, env, clock, signal } = invocation;
  const [pack = ""] = positionals;
  const level = (options.get("log") ?? "info") as LogLevel;
  const format = process.stderr.isTTY ? "text" : "json";
  const log = createLog({ level, format, clock, write: (line) => void process.stderr.write(line) });
  const config = await loadConfig(options.get("config"), env);
  const load = resolverFrom(process.cwd());
  const parts = await loadParts(pack, load);
  const name = options.get("name") ?? (pack.replace(/^.*\//, "").replace(/\.[cm]?[jt]s$/, "") || "mapper");
  const manager = absolute(options.get("manager")) ?? defaultManager(env);
  const socket = absolute(options.get("listen")) ?? defaultSocket(name, manager, env);
  await using scope = new Scope();
  const chosen = await chooseBoard(config.board, { resolve: load, clock, log });
  const board: Board = scope.use(await extendBoard(chosen.board, config.board.extensions, { resolve: load, clock }));
  signal.throwIfAborted();
  try {
    scope.use(await serveMappers({ parts, socket, manager, name, version, board, clock, log }));
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new AgentError("START_FAILED", cause.message, { cause });
  }
  output.line(`${output.paint("bold", name)} serves ${parts.map(({ protocol }) => protocol).join(", ")} at ${socket}`);
  output.line(`  registers at ${manager}`);
  await new Promise<void>((end) => {
    if (signal.aborted) return end();
    signal.addEventListener("abort", () => end(), { once: true });
  });
  log.info("mapper stops");
  clock.after(letGoMs, () => process.exit(1), { background: true });
  return undefined;
}

async function loadParts(pack: string, load: (name: string) => string): Promise<readonly Part[]> {
  let parts: readonly Part[];
  try {
    parts = await importParts(load(pack));
  } catch (cause) {
    throw new AgentError("CONFIG_INVALID", `${pack} does not load: ${importFailure(pack, cause)}`, { cause });
  }
  if (parts.length === 0) throw new AgentError("CONFIG_INVALID", `${pack} serves nothing: ${noParts}`);
  return parts;
}

const absolute = (path: string | undefined): string | undefined =>
  path === undefined || isAbsolute(path) ? path : resolve(path);

/** Beside the agent's own socket; EdgeCore's when there is none, and it is there. */
function defaultManager(env: Invocation["env"]): string {
  const own = join(dirname(findSocket(env)), "dmi.sock");
  return !existsSync(own) && existsSync(edgecoreSocket) ? edgecoreSocket : own;
}

/** Where the manager's socket is, as KubeEdge's mappers do it; elsewhere when this user may not write there. */
function defaultSocket(name: string, manager: string, env: Invocation["env"]): string {
  const file = `${name}.sock`;
  try {
    accessSync(dirname(manager), constants.W_OK);
    return join(dirname(manager), file);
  } catch {
    return join(env.XDG_RUNTIME_DIR ?? tmpdir(), file);
  }
}
