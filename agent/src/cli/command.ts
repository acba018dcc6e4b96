import type { Clock } from "@edgetwin/mapper-sdk";
import type { AgentClient } from "./client.ts";
import type { Output } from "./output.ts";

/** A value that a command takes by position. */
export interface Argument {
  /** As shown in help, e.g. `DEVICE`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: true;
  /** Takes all that are left, at least one. */
  readonly many?: true;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  /** What the shell offers for it. */
  readonly completes?: "device" | "model" | "property" | "method" | "input" | "protocol" | "option" | "file";
}

/** A `--name` that a command takes. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  /** What it takes, as shown in help, e.g. `DURATION`; a switch when left out. */
  readonly value?: string;
  /** The value when it is given without one: `--wait` means `--wait=verified`. */
  readonly implied?: string;
  /** May be given several times; the values are joined with commas. */
  readonly repeats?: true;
  readonly choices?: readonly string[];
  readonly completes?: "file";
}

/** One subcommand; help, completion and the reference are made from it. */
export interface Command {
  /** One or two words. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** Loads the code that does it: a command starts faster when it loads nothing of the others. */
  load(): Promise<{ readonly run: Run }>;
}

/** What a command line may say. */
export interface Grammar {
  readonly commands: readonly Command[];
  /** Options that every command takes, before or after its name. */
  readonly globals: readonly Option[];
}

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
