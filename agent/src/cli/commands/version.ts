import { printStructured } from "@edgetwin/program/command-line";
import { AgentError } from "../../errors.ts";
import { version } from "../../version.ts";
import type { Invocation } from "../command.ts";

interface AgentJson {
  readonly node: string;
  readonly version: string;
  readonly ready: boolean;
}

/** `edgetwin version`: of the command, and of the agent when one answers. */
export async function run({ output, options, connect }: Invocation): Promise<undefined> {
  const agent = await connect()
    .request<AgentJson>("/api/v1")
    .catch((error: unknown) => {
      if (error instanceof AgentError) return undefined; // no agent, or one that does not let us in
      throw error;
    });
  const command = version;
  if (options.get("output") === "json") {
    return await printStructured(output, "json", { command, node: process.version, ...(agent && { agent }) });
  }
  output.line(`command ${command} (Node.js ${process.version})`);
  output.line(agent ? `agent   ${agent.version} on ${agent.node}` : "agent   not running");
}
