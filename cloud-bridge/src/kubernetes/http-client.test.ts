import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpKubernetesClient } from "./http-client.ts";
import { resourceTypes } from "./resource-types.ts";
import { fakeApiServer, recordedAnswers } from "./testing/fake-api-server.ts";

const { devices, nodes } = resourceTypes;
const namespace = "rec-kubectl";
const object = { apiVersion: "devices.kubeedge.io/v1beta1", kind: "Device", metadata: { name: "cn", namespace } };
const name = { namespace, name: "cn" };

async function setUp(answers = recordedAnswers()) {
  const server = await fakeApiServer(await answers);
  const client = new HttpKubernetesClient(server.access, { random: () => 0 });
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const page = (body: object, status = 200) => ({
  method: "GET",
  path: "/api/v1/nodes",
  query: "",
  status,
  contentType: "application/json",
  resBody: body,
});
const node = (name: string) => ({ metadata: { name, uid: name, resourceVersion: "1", managedFields: [{}] } });

test("objects are created, read, changed and deleted as a real API server wants it", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const created = await client.create(devices, object, { fieldManager: "cn" });
  assert.equal(created.metadata.resourceVersion, "770");
  await assert.rejects(client.create(devices, object), {
    code: "KUBERNETES",
    status: 409,
    reason: "AlreadyExists",
    message: `POST /apis/devices.kubeedge.io/v1beta1/namespaces/${namespace}/devices: devices.devices.kubeedge.io "cn" already exists`,
  });
  assert.deepEqual((await client.get(devices, name))?.spec, { nodeName: "edge1" });
  const patched = await client.mergePatch(devices, name, { spec: { nodeName: "edge2" } });
  assert.deepEqual(patched.spec, { nodeName: "edge2" });
  await client.apply(devices, { ...object, spec: { nodeName: "edge1" } }, { fieldManager: "cn", force: true });
  await assert.rejects(client.replace(devices, object), { status: 409, reason: "Conflict" });
  const status = client.mergePatch(devices, name, { status: { a: 1 } }, { subresource: "status" });
  await assert.rejects(status, { status: 404, reason: "NotFound" });
  await client.delete(devices, { namespace, name: "cn2" });
  await client.delete(devices, name, { uid: created.metadata.uid });
  assert.equal(await client.get(devices, name), undefined);

  const made = server.seen.map(({ method, query, contentType }) => [method, query.toString(), contentType]);
  assert.deepEqual(made, [
    ["POST", "fieldManager=cn", "application/json"],
    ["POST", "", "application/json"],
    ["GET", "", undefined],
    ["PATCH", "", "application/merge-patch+json"],
    ["PATCH", "fieldManager=cn&force=true", "application/apply-patch+yaml"],
    ["PUT", "", "application/json"],
    ["PATCH", "", "application/merge-patch+json"],
    ["DELETE", "", "application/json"],
    ["DELETE", "", "application/json"],
    ["GET", "", undefined],
  ]);
  const options = server.seen.at(-2)?.body as { readonly preconditions: object };
  assert.deepEqual(options.preconditions, { uid: created.metadata.uid });
});

test("a list is read in pages, and its objects say what they are", async () => {
  const head = { kind: "NodeList", apiVersion: "v1" };
  const first = page({ ...head, metadata: { resourceVersion: "9", continue: "T" }, items: [node("a")] });
  const second = page({ ...head, metadata: { resourceVersion: "9" }, items: [node("b")] });
  await using setup = await setUp(Promise.resolve([first, second]));
  const list = await setup.client.list(nodes);
  const expected = (id: string) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: id, uid: id, resourceVersion: "1" },
  });
  assert.deepEqual(list, { resourceVersion: "9", items: [expected("a"), expected("b")] });
  assert.deepEqual(
    setup.server.seen.map(({ query }) => query.get("continue")),
    [null, "T"],
  );
});

test("a list that expired between its pages is read again from the beginning", async () => {
  const expired = { kind: "Status", reason: "Expired", code: 410, message: "too old" };
  const last = page({ kind: "NodeList", apiVersion: "v1", metadata: { resourceVersion: "12" }, items: null });
  const first = page({ metadata: { resourceVersion: "9", continue: "T" }, items: [node("a")] });
  await using setup = await setUp(Promise.resolve([first, page(expired, 410), last]));
  assert.deepEqual(await setup.client.list(nodes), { resourceVersion: "12", items: [] });
});

test("a kind that the server does not have is no missing object", async () => {
  await using setup = await setUp(Promise.resolve([]));
  const failure = { code: "KUBERNETES", reason: "UnknownKind", message: /install its CustomResourceDefinition/ };
  await assert.rejects(setup.client.get(devices, name), failure);
});

test("a server that is gone is unreachable, and a request that was given up rejects with its reason", async () => {
  await using setup = await setUp(Promise.resolve([]));
  const reason = new Error("not any more");
  await assert.rejects(setup.client.get(nodes, { name: "a" }, { signal: AbortSignal.abort(reason) }), reason);
  await setup.server[Symbol.asyncDispose]();
  await assert.rejects(setup.client.get(nodes, { name: "a" }), {
    code: "UNREACHABLE",
    message: /^GET \/api\/v1\/nodes\/a: /,
  });
});
