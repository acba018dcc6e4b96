import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type ObjectRequest, objectRequest, stateReport, twinReport } from "@edgetwin/cloud-protocol";
import { parseAllDocuments } from "yaml";
import { nodeCredential } from "../src/certificates/testing/node-credential.ts";
import { resourceTypes } from "../src/kubernetes/resource-types.ts";
import { type ApiCall, apiCall, startApiProxy } from "./support/api-proxy.ts";
import { connectEdge } from "./support/edge-peer.ts";
import { furnish, startTestCluster, switchLamp } from "./support/test-cluster.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What the manifests allow: `verb group/resource`, with the namespace for a Role. */
async function allowed(): Promise<readonly string[]> {
  const files = ["base", "references"].map((part) => new URL(`../../manifests/${part}/rbac.yaml`, import.meta.url));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts
    .flatMap((text) => [...parseAllDocuments(text)])
    .map((document) => document.toJS() as { kind: string; metadata: { namespace?: string }; rules?: readonly Rule[] })
    .filter(({ kind }) => kind === "ClusterRole" || kind === "Role")
    .flatMap(({ metadata, rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => rightOf({ verb, group, resource }, metadata.namespace))),
        ),
      ),
    );
}

const rightOf = ({ verb, group, resource }: Pick<ApiCall, "verb" | "group" | "resource">, namespace?: string): string =>
  `${verb} ${group === "" ? "core" : group}/${resource}${namespace === undefined ? "" : ` in ${namespace}`}`;

/** Of Roles: the bridge needs them in its own namespace, in that of Leases, and where devices name some. */
const ofRoles = ["secrets", "configmaps", "leases"];

/** Rights that this test's story does not use, and when they are used. */
const elsewhere: Readonly<Record<string, string>> = {
  "patch devices.kubeedge.io/devices": "with KubeEdge's own definition of Device, which has no status subresource",
  "update core/secrets in kubeedge": "when the authority renews its tokens and certificates",
  "patch rules.kubeedge.io/rules": "when a rule carried something: test/rules",
  "get devices.kubeedge.io/devices": "when the API answers 404 to a status: src/controllers",
  "patch core/events": "when an event happens again: src/controllers",
  "create devices.kubeedge.io/devicestatuses": "server-side apply of an object that is not there asks for both",
};

test("the manifests give the bridge what it asks for, and nothing else", async () => {
  await using cluster = await startTestCluster();
  await using proxy = await startApiProxy(cluster.kubeconfig);
  const { client } = cluster;
  await furnish(client, "edge");
  await client.delete(resourceTypes.nodes, { name: "edge" });
  const bridge = await cluster.bridge({ kubeconfig: proxy.kubeconfig });
  using edge = await connectEdge({
    node: "edge",
    port: bridge.ports.edges,
    credential: await nodeCredential(await cluster.authority(), "edge"),
  });
  await edge.object("device/lamp");
  const ask = async (operation: ObjectRequest["operation"], path: ObjectRequest["path"], content: unknown = null) => {
    edge.say(objectRequest, { operation, path, content } as ObjectRequest);
    await edge.next(({ route, header }) => route.operation === "response" && header.parentId !== undefined);
  };
  const node = { namespace: "default", type: "node", name: "edge" };
  const own = { apiVersion: "v1", kind: "Node", metadata: { name: "edge" } };
  await ask("query", node);
  await ask("insert", node, own);
  await ask("update", { ...node, type: "nodestatus" }, { UID: "", Status: { conditions: [] } });
  const lease = { namespace: "kube-node-lease", type: "lease", name: "edge" };
  const spec = { holderIdentity: "edge", leaseDurationSeconds: 40, renewTime: "2026-01-01T00:00:00.000000Z" };
  const object = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace: lease.namespace, name: "edge" },
    spec,
  };
  await ask("insert", lease, object);
  await ask("query", lease);
  const stored = await client.get(resourceTypes.leases, { namespace: "kube-node-lease", name: "edge" });
  await ask("update", lease, { ...stored, spec });
  const device = { namespace: "default", name: "lamp", eventId: "" };
  const timestamp = Date.now();
  edge.say(twinReport, { ...device, timestamp, twin: new Map([["power", { actual: { value: "true", timestamp } }]]) });
  const configData = { a: { secretRef: { name: "site", key: "x" } }, b: { configMapRef: { name: "site", key: "x" } } };
  await client.create(resourceTypes.devices, {
    ...{ apiVersion: "devices.kubeedge.io/v1beta1", kind: "Device", metadata: { namespace: "default", name: "pump" } },
    spec: { deviceModelRef: { name: "lamp" }, nodeName: "edge", protocol: { protocolName: "private", configData } },
  });
  await edge.object("device/pump");
  for (const type of ["secret", "configmap"]) await ask("query", { namespace: "default", type, name: "site" });
  edge.say(stateReport, { ...device, timestamp, state: "offline" } as Parameters<typeof stateReport.write>[0]);
  await switchLamp(client, true);
  await edge.object("device/lamp");
  const isSeen = (right: string) => seen().includes(right);
  const seen = () => [
    ...new Set(proxy.calls.map((call) => rightOf(call, ofRoles.includes(call.resource) ? call.namespace : undefined))),
  ];
  const rights = await allowed();
  const needed = rights.filter((right) => !(right in elsewhere));
  while (!needed.every(isSeen)) await proxy.next();
  assert.deepEqual(
    seen().filter((right) => !rights.includes(right)),
    [],
  );
});

test("paths of the API are told apart as RBAC does", () => {
  const told = (method: string, url: string) => Object.values(apiCall(method, url)).join(" ");
  assert.equal(told("GET", "/api/v1/nodes?watch=true"), "watch  nodes  ");
  assert.equal(told("PATCH", "/api/v1/nodes/a/status"), "patch  nodes/status  a");
  assert.equal(
    told("PUT", "/apis/coordination.k8s.io/v1/namespaces/n/leases/l?x=1"),
    "update coordination.k8s.io leases n l",
  );
  assert.equal(
    told("POST", "/apis/devices.kubeedge.io/v1beta1/namespaces/n/devices"),
    "create devices.kubeedge.io devices n ",
  );
});
