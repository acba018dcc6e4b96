import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeError } from "../errors.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";

/** What of a Kubernetes API secrets need: versions that grow, and refusals of old ones. */
function secretsApi(): Pick<KubernetesClient, "get" | "create" | "replace"> {
  let stored: StoredObject | undefined;
  let versions = 0;
  const refuse = (reason: string) => {
    throw new BridgeError("KUBERNETES", reason, { status: 409, reason });
  };
  const store = (object: object) => {
    const { metadata, ...rest } = object as StoredObject;
    versions += 1;
    stored = { ...rest, metadata: { ...metadata, uid: "u", resourceVersion: String(versions) } };
    return stored;
  };
  return {
    get: async () => stored,
    create: async (_, object) => (stored ? refuse("AlreadyExists") : store(object)) as StoredObject,
    replace: async (_, object) => {
      const { resourceVersion } = object.metadata as { resourceVersion?: string };
      return (
        resourceVersion === stored?.metadata.resourceVersion ? store(object) : refuse("Conflict")
      ) as StoredObject;
    },
  };
}

test("a secret comes back as it was written, and only its current version can be replaced", async () => {
  const secrets = kubernetesSecrets(secretsApi() as KubernetesClient, "kubeedge");
  assert.equal(await secrets.get("casecret"), undefined);
  const bytes = Uint8Array.of(0, 255, 10);
  const first = await secrets.put("casecret", new Map([["cadata", bytes]]));
  assert.deepEqual([...((await secrets.get("casecret"))?.data.get("cadata") ?? [])], [...bytes]);
  const second = await secrets.put("casecret", new Map([["cadata", Uint8Array.of(1)]]), first.version);
  assert.notEqual(second.version, first.version);
  const conflict = { code: "KUBERNETES", reason: "Conflict" };
  await assert.rejects(secrets.put("casecret", new Map(), first.version), conflict);
  await assert.rejects(secrets.put("casecret", new Map()), conflict);
});
