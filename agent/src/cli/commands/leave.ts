import { rmSync } from "node:fs";
import { removeIdentity } from "../../cloud/identity-file.ts";
import { removeReferences } from "../../cloud/references/reference-store.ts";
import { routingFile } from "../../cloud/routing/routing-file.ts";
import { loadConfig } from "../../config/load-config.ts";
import { AgentError } from "../../errors.ts";
import type { Invocation } from "../command.ts";

/** `edgetwin leave`: forgets certificate and key, and the Secrets and Rules of the cloud. Devices and twins stay as they are. */
export async function run({ options, output, env }: Invocation): Promise<undefined> {
  const { stateDirectory } = await loadConfig(options.get("config"), env);
  if (!removeIdentity(stateDirectory)) {
    throw new AgentError("NOT_FOUND", `this node has joined no cloud; there is nothing in ${stateDirectory} to forget`);
  }
  removeReferences(stateDirectory);
  rmSync(routingFile(stateDirectory), { force: true });
  output.line("this node left its cloud; devices and twins stay, and the agent goes on without it");
}
