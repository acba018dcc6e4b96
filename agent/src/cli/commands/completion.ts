import type { Invocation } from "../command.ts";
import { completionScripts } from "../completion/scripts.ts";

/** `edgetwin completion SHELL`. */
export function run({ positionals, output }: Invocation): Promise<undefined> {
  output.raw(completionScripts[positionals[0] ?? ""] ?? "");
  return Promise.resolve(undefined);
}
