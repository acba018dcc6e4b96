import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsAt } from "../../src/api-server/api-object.ts";
import { startTestServer, type TestServer } from "../../src/api-server/testing/test-server.ts";
import { configMap, configMaps, device, devices } from "./objects.ts";

async function owned(api: TestServer, policy: string): Promise<{ status: number; left: unknown }> {
  const owner = await api.send("POST", configMaps, { body: configMap("owner") });
  const ownerReferences = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "owner",
      uid: fieldsAt(owner.body.metadata).uid,
      blockOwnerDeletion: true,
    },
  ];
  await api.send("POST", configMaps, { body: configMap("dependent", { ownerReferences }) });
  const { status } = await api.send("DELETE", `${configMaps}/owner`, { body: { propagationPolicy: policy } });
  await api.server.collected();
  assert.equal((await api.send("GET", `${configMaps}/owner`)).status, 404);
  const { body, status: left } = await api.send("GET", `${configMaps}/dependent`);
  return { status, left: left === 404 ? "gone" : fieldsAt(body.metadata).ownerReferences };
}

for (const [policy, left] of [
  ["Background", "gone"],
  ["Foreground", "gone"],
  ["Orphan", []],
] as const) {
  test(`${policy}: the owner goes, of its dependents is left: ${JSON.stringify(left)}`, async () => {
    await using api = await startTestServer();
    assert.deepEqual(await owned(api, policy), { status: 200, left });
  });
}

test("a finalizer holds an object until it is taken away", async () => {
  await using api = await startTestServer();
  await api.send("POST", devices, {
    body: { ...device("light"), metadata: { name: "light", finalizers: ["example.com/wait"] } },
  });
  const held = await api.send("DELETE", `${devices}/light`);
  assert.equal(typeof fieldsAt(held.body.metadata).deletionTimestamp, "string");
  assert.deepEqual((await api.send("DELETE", `${devices}/light`)).body, held.body);
  const more = { metadata: { finalizers: ["example.com/wait", "example.com/more"] } };
  assert.equal(
    (await api.send("PATCH", `${devices}/light`, { body: more, type: "application/merge-patch+json" })).status,
    422,
  );
  const none = { metadata: { finalizers: null } };
  assert.equal(
    (await api.send("PATCH", `${devices}/light`, { body: none, type: "application/merge-patch+json" })).status,
    200,
  );
  assert.equal((await api.send("GET", `${devices}/light`)).status, 404);
});

test("a namespace takes what is in it along, and takes nothing new meanwhile", async () => {
  await using api = await startTestServer();
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "test" } };
  const inside = devices.replace("default", "test");
  await api.send("POST", "/api/v1/namespaces", { body: namespace });
  const holding = { ...device("held"), metadata: { name: "held", finalizers: ["example.com/wait"] } };
  await api.send("POST", inside, { body: holding });
  for (let count = 0; count < 250; count++) await api.send("POST", inside, { body: device(`d${count}`) });
  const going = await api.send("DELETE", "/api/v1/namespaces/test");
  assert.equal(fieldsAt(going.body.status).phase, "Terminating");
  await api.server.collected();
  const left = (await api.send("GET", inside)).body.items as object[];
  assert.deepEqual(
    left.map((item) => fieldsAt(item, "metadata").name),
    ["held"],
  );
  const refused = await api.send("POST", inside, { body: device("late") });
  assert.match(String(refused.body.message), /because it is being terminated/);
  await api.send("PATCH", `${inside}/held`, {
    body: { metadata: { finalizers: null } },
    type: "application/merge-patch+json",
  });
  await api.server.collected();
  assert.equal((await api.send("GET", "/api/v1/namespaces/test")).status, 404);
});

test("preconditions protect an object that is not the one that was meant", async () => {
  await using api = await startTestServer();
  await api.send("POST", devices, { body: device("light") });
  for (const preconditions of [{ uid: "11111111-1111-1111-1111-111111111111" }, { resourceVersion: "1" }]) {
    const { status, body } = await api.send("DELETE", `${devices}/light`, { body: { preconditions } });
    assert.deepEqual([status, body.reason], [409, "Conflict"]);
  }
  assert.equal((await api.send("GET", `${devices}/light`)).status, 200);
});

test("a whole selection is deleted at once", async () => {
  await using api = await startTestServer();
  for (const name of ["a", "b", "c"])
    await api.send("POST", devices, { body: device(name, { labels: { old: String(name !== "b") } }) });
  const { body } = await api.send("DELETE", `${devices}?labelSelector=old%3Dtrue`);
  assert.equal((body.items as object[]).length, 2);
  const left = (await api.send("GET", devices)).body.items as object[];
  assert.deepEqual(
    left.map((item) => fieldsAt(item, "metadata").name),
    ["b"],
  );
});
