import { BridgeError } from "../../errors.ts";
import type { SecretStore, StoredSecret } from "../secret-store.ts";

/** Secrets in memory; replicas under test share one. */
export function memorySecrets(): SecretStore {
  const secrets = new Map<string, StoredSecret>();
  let versions = 0;
  return {
    get: async (name) => secrets.get(name),
    async put(name, data, version) {
      if (secrets.get(name)?.version !== version)
        throw new BridgeError("KUBERNETES", `secret ${name} is not at version ${version}`, {
          status: 409,
          reason: "Conflict",
        });
      versions += 1;
      const stored = { data, version: String(versions) };
      secrets.set(name, stored);
      return stored;
    },
  };
}
