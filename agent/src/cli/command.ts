import type { Clock } from "@edgetwin/mapper-sdk";
import type { CommandSyntax, Grammar as GrammarOf, Output } from "@edgetwin/program/command-line";
import type { AgentClient } from "./client.ts";

/** What the shell offers for an argument. */
export type Completes = "device" | "model" | "property" | "method" | "input" | "protocol" | "option" | "file";

/** One subcommand. */
export interface Command extends CommandSyntax<Completes> {
  /** Loads the code that does it: a command starts faster when it loads nothing of the others. */
  load(): Promise<{ readonly run: Run }>;
}

/** What a command line may say. */
export type Grammar = GrammarOf<Command>;

/** Does the command and resolves with its exit code; 0 by default. Rejects with AgentError. */
export type Run = (invocation: Invocation) => Promise<number | undefined>;

/** A command line that was understood, and the world it runs in. */
export interface Invocation {
  readonly command: Command;
  readonly grammar: Grammar;
  readonly positionals: readonly string[];
  /** Value of each option given, by its long name; switches have an empty one. */
  readonly options: ReadonlyMap<string, string>;
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Everything on standard input. */
  readStdin(): Promise<string>;
  /** The agent that options and environment name; connects with the first request. */
  connect(): AgentClient;
}
