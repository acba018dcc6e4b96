import type { KubernetesObject } from "@edgetwin/cloud-protocol";
import { BridgeError } from "../errors.ts";
import type { KubernetesClient, ResourceType } from "../kubernetes/client.ts";

const configurations: ResourceType = {
  group: "admissionregistration.k8s.io",
  version: "v1",
  plural: "validatingwebhookconfigurations",
  namespaced: false,
};

/** Name of the ValidatingWebhookConfiguration in our manifests. */
export const webhookConfigurationName = "edgetwin-bridge";

interface Webhook {
  readonly clientConfig?: { readonly caBundle?: string };
}

/**
 * Writes the authority of the bridge into the configuration of its webhook, so that the API server believes it; again when
 * somebody applied the manifest, which has none. Resolves with whether there is such a configuration.
 *
 * Rejects with what the API answered.
 */
export async function keepAuthority(client: KubernetesClient, authorityPem: string): Promise<boolean> {
  const name = webhookConfigurationName;
  const caBundle = Buffer.from(authorityPem).toString("base64");
  for (let attempt = 1; ; attempt++) {
    const found = await client.get(configurations, { name });
    if (!found) return false;
    const webhooks = (found.webhooks ?? []) as readonly Webhook[];
    if (webhooks.every(({ clientConfig }) => clientConfig?.caBundle === caBundle)) return true;
    const mended = webhooks.map((webhook) => ({ ...webhook, clientConfig: { ...webhook.clientConfig, caBundle } }));
    try {
      await client.replace(configurations, { ...found, webhooks: mended } as KubernetesObject);
      return true;
    } catch (error) {
      // Another replica was faster, or somebody applied it at this moment.
      if (!(error instanceof BridgeError && error.reason === "Conflict") || attempt === 3) throw error;
    }
  }
}
