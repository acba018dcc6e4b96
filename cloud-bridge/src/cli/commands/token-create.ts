import { parseDuration } from "@edgetwin/mapper-sdk";
import { openAuthority } from "../../certificates/authority.ts";
import { kubernetesSecrets } from "../../certificates/kubernetes-secrets.ts";
import { isNodeName } from "../../certificates/node-name.ts";
import { BridgeError } from "../../errors.ts";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";

/** `edgetwin-bridge token create`: prints a join token. */
export const run: Run = async (invocation) => {
  const { options, output, clock } = invocation;
  const node = options.get("node");
  if (node !== undefined && !isNodeName(node))
    throw new BridgeError("COMMAND_INVALID", `--node must be the name of a node (a-z, 0-9, "-", "."), got "${node}"`);
  const given = options.get("lifetime");
  const lifetime = given === undefined ? undefined : parseDuration(given);
  if (given !== undefined && lifetime === undefined)
    throw new BridgeError("COMMAND_INVALID", `--lifetime must be a duration like "1h" or "30min", got "${given}"`);
  const { kubernetes, edges } = await configOf(invocation);
  using client = await invocation.connect();
  const authority = await openAuthority({
    secrets: kubernetesSecrets(client, kubernetes.namespace),
    clock,
    serverNames: [],
    tokenMs: lifetime ?? edges.tokenLifetime,
  });
  output.line(authority.issueToken(node));
  return 0;
};
