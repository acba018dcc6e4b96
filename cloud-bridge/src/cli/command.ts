import type { Clock } from "@edgetwin/mapper-sdk";
import type { CommandSyntax, Grammar as GrammarOf, Output } from "@edgetwin/program/command-line";
import type { KubernetesClient } from "../kubernetes/client.ts";

/** One subcommand. */
export interface Command extends CommandSyntax<"node" | "file"> {
  /** Loads the code that does it: a command starts faster when it loads nothing of the others. */
  load(): Promise<{ readonly run: Run }>;
}

/** What a command line may say. */
export type Grammar = GrammarOf<Command>;

/** Does the command and resolves with its exit code; 0 by default. Rejects with BridgeError. */
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
  /** The API that the configuration leads to; in standalone mode a running bridge serves it. */
  connect(): Promise<KubernetesClient & Disposable>;
}
