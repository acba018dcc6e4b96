import { didYouMean } from "@edgetwin/mapper-sdk";
import { commandHelp, helpText } from "@edgetwin/program/command-line";
import { BridgeError } from "../../errors.ts";
import type { Invocation } from "../command.ts";

/** `edgetwin-bridge help [COMMAND]`. */
export function run({ positionals, output, grammar }: Invocation): Promise<undefined> {
  const name = positionals.join(" ");
  const command = grammar.commands.find((candidate) => candidate.name === name);
  if (name !== "" && !command) {
    const names = grammar.commands.map((candidate) => candidate.name);
    const message = `there is no command "${name}"${didYouMean(name, names)}\ntry: edgetwin-bridge help`;
    return Promise.reject(new BridgeError("COMMAND_INVALID", message));
  }
  output.line(command ? commandHelp(command, grammar) : helpText(grammar));
  return Promise.resolve(undefined);
}
