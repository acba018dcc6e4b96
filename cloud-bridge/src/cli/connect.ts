import { existsSync } from "node:fs";
import { kubeconfigPath } from "../bridge/api-access.ts";
import { BridgeError } from "../errors.ts";
import { connectKubernetes } from "../kubernetes/connect.ts";
import type { HttpKubernetesClient } from "../kubernetes/http-client.ts";
import type { Invocation } from "./command.ts";
import { configOf } from "./config-of.ts";

/** The API that the configuration leads to. In standalone mode that is the one of the bridge that runs. */
export async function connect(
  invocation: Pick<Invocation, "options" | "env" | "clock">,
): Promise<HttpKubernetesClient> {
  const config = await configOf(invocation);
  const { clock } = invocation;
  const { use, kubeconfig } = config.kubernetes;
  if (use === "cluster") return await connectKubernetes({ clock, ...(kubeconfig !== undefined && { kubeconfig }) });
  const path = kubeconfigPath(config);
  if (!existsSync(path)) {
    const message = `no bridge ever ran with the state directory ${config.stateDirectory}; start one, name another with --state, or a cluster with --kubeconfig`;
    throw new BridgeError("UNREACHABLE", message);
  }
  return await connectKubernetes({ clock, kubeconfig: path });
}
