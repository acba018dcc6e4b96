import { BridgeError } from "../errors.ts";
import { type HttpClientOptions, HttpKubernetesClient } from "./http-client.ts";

export interface ConnectOptions extends HttpClientOptions {
  /** A kubeconfig file. Without one: `KUBECONFIG`, `~/.kube/config`, or the service account of the pod. */
  readonly kubeconfig?: string;
}

/** A client for a cluster, or for the API that a bridge serves. Rejects with `CONFIG_INVALID` for a file that cannot be read. */
export async function connectKubernetes({
  kubeconfig,
  ...options
}: ConnectOptions = {}): Promise<HttpKubernetesClient> {
  // Lazily: it brings every kind of Kubernetes with it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const what = kubeconfig === undefined ? "the default kubeconfig" : `kubeconfig ${kubeconfig}`;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("CONFIG_INVALID", `${what} cannot be used: ${why}`, { cause });
  }
  return new HttpKubernetesClient(config, options);
}
