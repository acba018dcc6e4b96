import type { Clock } from "@edgetwin/mapper-sdk";
import type { Output } from "@edgetwin/program/command-line";
import { complete, parseCommandLine } from "@edgetwin/program/command-line";
import { AgentError, agentErrors } from "../errors.ts";
import { version } from "../version.ts";
import { agentAddress } from "./address.ts";
import { AgentClient } from "./client.ts";
import type { Invocation } from "./command.ts";
import { grammar } from "./grammar.ts";

/** The world a command line runs in. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
  readStdin(): Promise<string>;
}

/** Runs the words after `edgetwin` and resolves with the exit code. Never rejects for a mistake of the user. */
export async function runCommand(words: readonly string[], world: World): Promise<number> {
  try {
    if (words[0] === "__complete") return await offerCompletions(words.slice(1), world);
    const { command, positionals, options } = parseCommandLine(words, grammar);
    if (options.has("help")) return await runCommand(["help", ...command.name.split(" ")], world);
    const { run } = await command.load();
    const connect = () => new AgentClient(agentAddress(options, world.env), version);
    const invocation: Invocation = { command, grammar, positionals, options, connect, ...world };
    return (await run(invocation)) ?? 0;
  } catch (error) {
    return report(error, world);
  }
}

async function offerCompletions(words: readonly string[], { output, env }: World): Promise<number> {
  const [{ agentLookup }, { argumentValues }] = await Promise.all([
    import("./completion/agent-lookup.ts"),
    import("./completion/argument-values.ts"),
  ]);
  const lookup = agentLookup(new AgentClient(agentAddress(new Map(), env), version));
  for (const candidate of await complete(words, grammar, argumentValues(lookup))) output.line(candidate);
  return 0;
}

function report(error: unknown, { output, signal }: World): number {
  // Whoever presses Ctrl-C knows why the command ended.
  if (signal.aborted) return 130;
  if (error instanceof AgentError) {
    output.note(`${output.paint("red", "error:")} ${error.message}`);
    return agentErrors[error.code].exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.note(`this is a bug in edgetwin ${version}: ${text}`);
  return agentErrors.INTERNAL.exitCode;
}
