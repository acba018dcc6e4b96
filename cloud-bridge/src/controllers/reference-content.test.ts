import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ResourceType, StoredObject } from "../kubernetes/client.ts";
import { deviceIndexes } from "./device-facts.ts";
import { ReferenceContent } from "./reference-content.ts";
import { type CachedObjects, cachedObjects } from "./testing/cached-objects.ts";
import { deviceObject, modelObject } from "./testing/device-objects.ts";

const secret = (name: string, password: string, version = 1): StoredObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "home", name, uid: name, resourceVersion: String(version), managedFields: [{}] },
  data: { password },
  type: "Opaque",
});

let versions = 100;
const withSecrets = (name: string, node: string, names: readonly string[]): StoredObject => {
  versions += 1;
  const device = deviceObject(name, { node, model: "m", version: versions });
  const configData = Object.fromEntries(names.map((of) => [of, { secretRef: { name: of, key: "password" } }]));
  return { ...device, spec: { ...(device.spec as object), protocol: { protocolName: "mqtt", configData } } };
};

function rig() {
  const devices = cachedObjects(deviceIndexes);
  const models = cachedObjects({});
  const followed = new Map<string, CachedObjects<never>>();
  const ended: string[] = [];
  const content = new ReferenceContent({
    ...{ devices, models },
    client: { get: async (_: ResourceType, { name }) => (name === "mqtt" ? secret("mqtt", "eA==") : undefined) },
    follow({ plural }, namespace) {
      const source = cachedObjects({});
      const key = `${namespace}/${plural}`;
      followed.set(key, source);
      return { ...source, stop: async () => void ended.push(key) };
    },
  });
  const told: string[] = [];
  content.subscribe((node, key) => told.push(`${node} ${key}`));
  return { devices, models, followed, ended, content, told };
}

test("a node should hold the Secrets that its devices name, and no others", async () => {
  const { devices, followed, content, told } = rig();
  devices.put(withSecrets("a", "pi-1", ["mqtt"]));
  devices.put(withSecrets("b", "pi-2", []));
  assert.deepEqual([...followed.keys()], ["home/secrets"]);
  const secrets = followed.get("home/secrets");
  secrets?.put(secret("mqtt", "eA=="));
  secrets?.put(secret("other", "eQ=="));
  assert.deepEqual([...content.objectsOf("pi-1").keys()], ["home/secret/mqtt"]);
  assert.deepEqual(content.objectsOf("pi-1").get("home/secret/mqtt")?.object, {
    ...{ apiVersion: "v1", kind: "Secret", data: { password: "eA==" }, type: "Opaque" },
    metadata: { namespace: "home", name: "mqtt", uid: "mqtt", resourceVersion: "1" },
  });
  assert.deepEqual([...content.objectsOf("pi-2")], []);
  secrets?.put(secret("mqtt", "eg==", 2));
  secrets?.remove("home/mqtt");
  assert.deepEqual(told, [
    "pi-1 home/secret/mqtt",
    "pi-1 home/secret/mqtt",
    "pi-1 home/secret/mqtt",
    "pi-1 home/secret/mqtt",
  ]);
});

test("what the last device of a node stops to name is taken away, and a namespace is followed while it is needed", async () => {
  const { devices, ended, content, told } = rig();
  devices.put(withSecrets("a", "pi-1", ["mqtt", "tls"]));
  devices.put(withSecrets("b", "pi-1", ["mqtt"]));
  told.length = 0;
  devices.put(withSecrets("a", "pi-1", ["tls"]));
  assert.deepEqual(told, []);
  devices.put(withSecrets("b", "pi-2", ["mqtt"]));
  assert.deepEqual(told, ["pi-1 home/secret/mqtt", "pi-2 home/secret/mqtt"]);
  devices.remove("home/a");
  devices.remove("home/b");
  assert.deepEqual(ended, ["home/secrets"]);
  await content[Symbol.asyncDispose]();
});

test("what a model names counts for all its devices", () => {
  const { devices, models, content, told } = rig();
  devices.put(deviceObject("a", { node: "pi-1", model: "m" }));
  assert.deepEqual(told, []);
  const model = modelObject("m", 2);
  const protocolConfigData = { ca: { configMapRef: { name: "site", key: "ca" } } };
  models.put({ ...model, spec: { ...(model.spec as object), protocolConfigData } });
  assert.deepEqual(told, ["pi-1 home/configmap/site"]);
  assert.deepEqual([...content.objectsOf("pi-1")], []);
});

test("a node may ask for what its devices name, and is refused everything else", async () => {
  const { devices, content } = rig();
  devices.put(withSecrets("a", "pi-1", ["mqtt", "gone"]));
  const ask = async (node: string, type: string, name: string, operation: "query" | "update" = "query") => {
    const answer = await content.request(node, { operation, path: { namespace: "home", type, name }, content: null });
    return answer && (answer.ok ? "ok" : answer.reason);
  };
  assert.equal(await ask("pi-1", "secret", "mqtt"), "ok");
  assert.equal(await ask("pi-1", "secret", "gone"), "NotFound");
  assert.equal(await ask("pi-1", "secret", "other"), "Forbidden");
  assert.equal(await ask("pi-2", "secret", "mqtt"), "Forbidden");
  assert.equal(await ask("pi-1", "configmap", "mqtt"), "Forbidden");
  assert.equal(await ask("pi-1", "secret", "mqtt", "update"), "Forbidden");
  assert.equal(await ask("pi-1", "lease", "pi-1"), undefined);
});

test("after any changes a node may have exactly what its devices name, and was told of every difference", () => {
  const change = fc.record({
    device: fc.constantFrom("a", "b", "c"),
    node: fc.constantFrom("pi-1", "pi-2"),
    names: fc.option(fc.subarray(["x", "y", "z"]), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const { devices, followed, content } = rig();
      const should = new Map<string, { node: string; names: readonly string[] }>();
      // Told as the hub is told: it looks at that key again.
      const seen = new Map<string, Set<string>>([
        ["pi-1", new Set()],
        ["pi-2", new Set()],
      ]);
      content.subscribe((node, key) => {
        if (content.objectsOf(node).has(key)) seen.get(node)?.add(key);
        else seen.get(node)?.delete(key);
      });
      for (const { device, node, names } of changes) {
        if (names) devices.put(withSecrets(device, node, names));
        else devices.remove(`home/${device}`);
        if (names) should.set(device, { node, names });
        else should.delete(device);
        for (const name of ["x", "y", "z"]) followed.get("home/secrets")?.put(secret(name, "eA=="));
        for (const of of ["pi-1", "pi-2"]) {
          const wanted = new Set([...should.values()].filter((one) => one.node === of).flatMap((one) => one.names));
          const keys = [...wanted].map((name) => `home/secret/${name}`).sort();
          assert.deepEqual([...content.objectsOf(of).keys()].sort(), keys);
          assert.deepEqual([...(seen.get(of) ?? [])].sort(), keys);
        }
      }
    }),
    { numRuns: 100 },
  );
});
