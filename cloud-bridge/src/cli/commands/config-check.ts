import { printStructured } from "@edgetwin/program/command-line";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";

/** `edgetwin-bridge config check [FILE]`. */
export const run: Run = async ({ positionals: [file], options, env, output }) => {
  const given = file === undefined ? options : new Map([...options, ["config", file]]);
  const config = await configOf({ options: given, env });
  return await printStructured(output, (options.get("output") ?? "yaml") as "yaml" | "json", config);
};
