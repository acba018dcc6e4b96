import { didYouMean } from "@edgetwin/mapper-sdk";
import { commandHelp, helpText } from "@edgetwin/program/command-line";
import type { Invocation } from "../command.ts";
import { usageError } from "../usage-error.ts";

/** `edgetwin help [COMMAND]`. */
export function run({ positionals, output, grammar }: Invocation): Promise<undefined> {
  if (positionals.length === 0) {
    output.line(helpText(grammar));
    return Promise.resolve(undefined);
  }
  const name = positionals.join(" ");
  const command = grammar.commands.find((candidate) => candidate.name === name);
  if (!command) {
    const names = grammar.commands.map((candidate) => candidate.name);
    return Promise.reject(usageError(`there is no command "${name}"${didYouMean(name, names)}`, "edgetwin help"));
  }
  output.line(commandHelp(command, grammar));
  return Promise.resolve(undefined);
}
