import { relative } from "node:path";
import { Scope } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { createLog } from "@edgetwin/program";
import type { Output } from "@edgetwin/program/command-line";
import { type RunningAgent, startAgent } from "../../agent.ts";
import { chooseBoard } from "../../board.ts";
import { loadConfig } from "../../config/load-config.ts";
import { AgentError } from "../../errors.ts";
import { resolverFrom } from "../../registry/resolve-package.ts";
import { version } from "../../version.ts";
import { AgentClient } from "../client.ts";
import type { Invocation } from "../command.ts";
import { startEmulators } from "../emulators.ts";
import { run as watch } from "./watch.ts";

/** Written by `npm create edgetwin-mapper` beside the mapper. */
const usualConfig = "edgetwin.yaml";

/** `edgetwin mapper try`: an agent of its own with a mapper and its emulator, and the values as they change. */
export async function run(invocation: Invocation): Promise<number> {
  const { options, output, env, clock, signal } = invocation;
  const config = await loadConfig(options.get("config") ?? usualConfig, env);
  const write = (line: string) => void process.stderr.write(line);
  const log = createLog({ level: config.log.level, format: "text", clock, journald: false, write });
  await using scope = new Scope();
  const emulator = options.get("emulator");
  if (emulator !== undefined && config.board.use !== "simulated") {
    const message = `an emulator needs the simulated board, board.use is "${config.board.use}"; set board: { use: simulated }`;
    throw new AgentError("CONFIG_INVALID", message);
  }
  const board = await chooseBoard(config.board, { resolve: resolverFrom(config.directory), clock, log });
  if (emulator !== undefined && board.board instanceof SimBoard) {
    await startEmulators(emulator, config.manifests, { board: board.board, clock, scope });
  }
  const agent = scope.use(await startAgent(config, { log, clock, signal, board }));
  const { apiSocket } = agent;
  if (apiSocket === undefined) throw new AgentError("START_FAILED", `the socket ${config.socket} cannot be made`);
  introduce(agent, relative(process.cwd(), apiSocket), output);
  const connect = () => new AgentClient({ socket: apiSocket }, version);
  await watch({ ...invocation, positionals: [], options: new Map(), connect });
  return 0;
}

function introduce({ core, board }: RunningAgent, socket: string, output: Output): void {
  output.line(`${output.paint("bold", "edgetwin")} tries the mapper on the ${board.description}`);
  const command = (words: string) => output.line(`  npx edgetwin --socket ${socket} ${words}`);
  output.line("In another terminal, try:");
  command("get twins");
  for (const { id } of core.registry.devices()) {
    const properties = [...(core.engine.device(id)?.shape.properties ?? [])];
    const [name, property] = properties.find(([, { access }]) => access === "rw") ?? [];
    if (name === undefined || property === undefined) continue;
    const device = id.replace(/^default\//, "");
    const value = property.options?.at(-1) ?? (property.type === "BOOLEAN" ? "true" : String(property.min ?? 1));
    command(`set ${device} ${name}=${value} --wait`);
    command(`why ${device} ${name}`);
    break;
  }
  output.line("Ctrl-C ends it. Values as they change:");
}
