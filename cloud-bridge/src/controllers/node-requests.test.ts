import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerResult, ObjectRequest } from "@edgetwin/cloud-protocol";
import { answerNodeRequest } from "./node-requests.ts";
import { MemoryApi } from "./testing/memory-api.ts";

function setUp() {
  const client = new MemoryApi();
  const renewals: string[] = [];
  const renewed = (node: string) => void renewals.push(node);
  const ask = (operation: ObjectRequest["operation"], type: string, content: unknown = null) =>
    answerNodeRequest({ client, renewed }, "n1", { operation, path: { type, name: "n1" }, content });
  return { client, renewals, ask };
}
const failureOf = (answer: AnswerResult | undefined) => (answer && !answer.ok ? [answer.reason, answer.code] : []);

test("a node registers, asks for itself, and patches its status", async () => {
  const { client, ask } = setUp();
  assert.deepEqual(failureOf(await ask("query", "node")), ["NotFound", 404]);
  const made = await ask("insert", "node", {
    metadata: { name: "n1", labels: { "node-role.kubernetes.io/edge": "" } },
    status: { conditions: [] },
  });
  assert.equal(made?.ok && made.object?.metadata?.name, "n1");
  assert.deepEqual(failureOf(await ask("insert", "node", {})), ["AlreadyExists", 409]);
  const content = JSON.stringify({ status: { conditions: [{ type: "Ready", status: "True" }] } });
  assert.equal((await ask("patch", "nodepatch", content))?.ok, true);
  const { verb, body, subresource } = client.taken().at(-1) ?? {};
  assert.deepEqual([verb, subresource, body?.spec], ["strategic", "status", undefined]);
});

test("of a Node only what is a node's own business is taken", async () => {
  const { client, ask } = setUp();
  await ask("insert", "node", {
    metadata: {
      name: "somebody-else",
      labels: { a: "1", "x.node-restriction.kubernetes.io/zone": "secret" },
      ownerReferences: [{ uid: "u" }],
      finalizers: ["forever"],
    },
    spec: { taints: [{ key: "t", effect: "NoSchedule" }], podCIDR: "10.0.0.0/8", providerID: "x" },
  });
  const [made] = client.taken();
  assert.deepEqual(made?.body.metadata, { name: "n1", labels: { a: "1" } });
  assert.deepEqual(made?.body.spec, { taints: [{ key: "t", effect: "NoSchedule" }] });
});

test("a Lease is the node's own whatever it says, and renewing it shows that the node lives", async () => {
  const { client, renewals, ask } = setUp();
  const spec = { holderIdentity: "another", leaseDurationSeconds: 40 };
  const made = await ask("insert", "lease", { metadata: { name: "another", namespace: "default" }, spec });
  assert.equal(made?.ok, true);
  const renewed = await ask("update", "lease", { metadata: { name: "n1", resourceVersion: "7" }, spec });
  assert.equal(renewed?.ok, true);
  const [create, replace] = client.taken();
  assert.deepEqual(create?.body.metadata, { namespace: "kube-node-lease", name: "n1" });
  assert.deepEqual(create?.body.spec, { ...spec, holderIdentity: "n1" });
  assert.deepEqual(replace?.body.metadata, { namespace: "kube-node-lease", name: "n1", resourceVersion: "7" });
  assert.deepEqual(renewals, ["n1", "n1"]);
});

test("what is not about Nodes and Leases is left to others, and nonsense reaches no API", async () => {
  const { ask } = setUp();
  assert.equal(ask("query", "configmap"), undefined);
  assert.equal(ask("delete", "node"), undefined);
  assert.equal((await ask("patch", "nodepatch", "not JSON"))?.ok, true);
});
