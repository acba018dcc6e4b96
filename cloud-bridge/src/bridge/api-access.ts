import { join } from "node:path";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { loadProtocols } from "../admission/load-protocols.ts";
import { reviewer } from "../admission/reviewer.ts";
import { openCredentials } from "../api-server/access/credentials.ts";
import { startApiServer } from "../api-server/api-server.ts";
import type { BridgeConfig } from "../config/config.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { connectKubernetes } from "../kubernetes/connect.ts";
import { HttpKubernetesClient } from "../kubernetes/http-client.ts";
import { privateDirectory } from "./private-directory.ts";

/** The Kubernetes API that a bridge works on. */
export interface ApiAccess extends AsyncDisposable {
  readonly client: KubernetesClient;
  /** Of the API that is served here; missing on a cluster. */
  readonly served?: { readonly url: string; readonly kubeconfig: string };
}

/** Where the kubeconfig of the administrator is, in standalone mode. */
export const kubeconfigPath = ({ stateDirectory }: Pick<BridgeConfig, "stateDirectory">): string =>
  join(stateDirectory, "kubeconfig");

/**
 * Serves an API of our own, or connects to a cluster's.
 *
 * @throws BridgeError `START_FAILED` or `CONFIG_INVALID`.
 */
export async function openApi(
  config: BridgeConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<ApiAccess> {
  const { kubernetes, api, stateDirectory } = config;
  if (kubernetes.use === "cluster") {
    const { kubeconfig } = kubernetes;
    const client = await connectKubernetes({ clock, ...(kubeconfig !== undefined && { kubeconfig }) });
    return { client, [Symbol.asyncDispose]: async () => client[Symbol.dispose]() };
  }
  const directory = privateDirectory(stateDirectory);
  const credentials = await openCredentials({ directory, hosts: [api.host, ...api.names], clock });
  const server = await startApiServer({
    path: join(directory, "kubernetes.db"),
    host: api.host,
    port: api.port,
    tls: credentials.tls,
    reviewer: reviewer(await loadProtocols(config.admission.mappers, log)),
    clock,
    log,
  });
  try {
    const kubeconfig = await credentials.writeKubeconfig(server.url);
    const client = new HttpKubernetesClient(await credentials.access(server.url), { clock });
    return {
      client,
      served: { url: server.url, kubeconfig },
      async [Symbol.asyncDispose]() {
        client[Symbol.dispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
