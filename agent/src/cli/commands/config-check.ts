import { printStructured } from "@edgetwin/program/command-line";
import { loadConfig } from "../../config/load-config.ts";
import type { Invocation } from "../command.ts";

/** `edgetwin config check`: whether the agent would start with this file, and with which settings. */
export async function run({ positionals, options, output, env }: Invocation): Promise<undefined> {
  const [file] = positionals;
  const config = await loadConfig(file, env);
  const format = options.get("output") ?? "text";
  if (format === "json" || format === "yaml") return await printStructured(output, format, config);
  output.line(`${file ?? "the configuration"} is valid`);
  output.line(`node ${config.node}, state in ${config.stateDirectory}, socket ${config.socket}`);
}
