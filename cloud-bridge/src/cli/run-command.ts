import type { Clock } from "@edgetwin/mapper-sdk";
import { complete, type Output, parseCommandLine } from "@edgetwin/program/command-line";
import { BridgeError } from "../errors.ts";
import { version } from "../version.ts";
import type { Invocation } from "./command.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { grammar } from "./grammar.ts";

/** The world a command line runs in. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs the words after `edgetwin-bridge` and resolves with the exit code. Never rejects for a mistake of the user. */
export async function runCommand(words: readonly string[], world: World): Promise<number> {
  try {
    if (words[0] === "__complete") return await offerCompletions(words.slice(1), world);
    const { command, positionals, options } = parseCommandLine(words, grammar);
    if (options.has("help")) return await runCommand(["help", ...command.name.split(" ")], world);
    const connect = async () => (await import("./connect.ts")).connect({ options, ...world });
    const invocation: Invocation = { command, grammar, positionals, options, connect, ...world };
    const { run } = await command.load();
    return (await run(invocation)) ?? 0;
  } catch (error) {
    return report(error, world);
  }
}

async function offerCompletions(words: readonly string[], world: World): Promise<number> {
  const nodes = async (): Promise<readonly string[]> => {
    const [{ connect }, { nodeNames }] = await Promise.all([import("./connect.ts"), import("./node-rows.ts")]);
    try {
      using client = await connect({ options: new Map(), ...world });
      return await nodeNames(client);
    } catch (error) {
      // A shell that completes has no use for error messages.
      if (error instanceof BridgeError) return [];
      throw error;
    }
  };
  for (const candidate of await complete(words, grammar, nodes)) world.output.line(candidate);
  return 0;
}

function report(error: unknown, { output, signal }: World): number {
  // Whoever presses Ctrl-C knows why the command ended.
  if (signal.aborted) return 130;
  if (error instanceof BridgeError) {
    output.note(`${output.paint("red", "error:")} ${error.message}`);
    return exitCodeOf(error);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.note(`this is a bug in edgetwin-bridge ${version}: ${text}`);
  return 1;
}
