import { completionScripts } from "@edgetwin/program/command-line";
import type { Invocation } from "../command.ts";

/** `edgetwin-bridge completion SHELL`. */
export function run({ positionals, output, grammar }: Invocation): Promise<undefined> {
  output.raw(completionScripts(grammar.program)[positionals[0] ?? ""] ?? "");
  return Promise.resolve(undefined);
}
