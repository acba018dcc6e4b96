import { kubernetesSecrets } from "../../certificates/kubernetes-secrets.ts";
import { isNodeName } from "../../certificates/node-name.ts";
import { Revocations } from "../../certificates/revocations.ts";
import { BridgeError } from "../../errors.ts";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";

/** `edgetwin-bridge node revoke NODE`. */
export const run: Run = async (invocation) => {
  const {
    positionals: [node = ""],
    output,
    clock,
  } = invocation;
  if (!isNodeName(node)) throw new BridgeError("COMMAND_INVALID", `"${node}" is no name of a node`);
  const { kubernetes, edges } = await configOf(invocation);
  using client = await invocation.connect();
  const longestMs = edges.certificateDays * 86_400_000;
  await new Revocations(kubernetesSecrets(client, kubernetes.namespace), clock, longestMs).revoke(node);
  output.line(`the certificates of node ${node} are worth nothing; it may join again with a new token`);
  return 0;
};
