import { BridgeError } from "../errors.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import type { SecretStore, StoredSecret } from "./secret-store.ts";

/** Secrets as objects of a Kubernetes API, in one namespace: KubeEdge's is `kubeedge`. */
export function kubernetesSecrets(client: KubernetesClient, namespace: string): SecretStore {
  return {
    async get(name) {
      const object = await client.get(resourceTypes.secrets, { namespace, name });
      return object && secretOf(object);
    },
    async put(name, data, version) {
      const object = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace, name, ...(version !== undefined && { resourceVersion: version }) },
        type: "Opaque",
        data: Object.fromEntries([...data].map(([key, bytes]) => [key, Buffer.from(bytes).toString("base64")])),
      };
      if (version !== undefined) return secretOf(await client.replace(resourceTypes.secrets, object));
      return secretOf(await client.create(resourceTypes.secrets, object).catch(conflictWhenThere));
    },
  };
}

function conflictWhenThere(cause: unknown): never {
  if (!(cause instanceof BridgeError) || cause.reason !== "AlreadyExists") throw cause;
  throw new BridgeError("KUBERNETES", cause.message, { cause, status: 409, reason: "Conflict" });
}

function secretOf({ metadata, data = {} }: StoredObject): StoredSecret {
  const entries = Object.entries(data as Record<string, string>);
  return {
    version: metadata.resourceVersion,
    data: new Map(entries.map(([key, text]) => [key, Buffer.from(text, "base64")])),
  };
}
