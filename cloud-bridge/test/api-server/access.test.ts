import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { parse } from "yaml";
import { openCredentials } from "../../src/api-server/access/credentials.ts";
import { startApiServer } from "../../src/api-server/api-server.ts";
import { startTestServer } from "../../src/api-server/testing/test-server.ts";
import { devices } from "./objects.ts";

test("who shows nothing, nothing known, or has no right is told so in Kubernetes' words", async () => {
  await using api = await startTestServer();
  for (const [token, path, status, message] of [
    [
      "",
      devices,
      403,
      'devices.devices.kubeedge.io is forbidden: User "system:anonymous" cannot list resource "devices" in API group "devices.kubeedge.io" in the namespace "default"',
    ],
    ["wrong", "/healthz", 401, "Unauthorized"],
    ["", "/api", 403, 'forbidden: User "system:anonymous" cannot get path "/api"'],
    [
      "nobody",
      `${devices}/light`,
      403,
      'devices.devices.kubeedge.io "light" is forbidden: User "rec-nobody" cannot get resource "devices" in API group "devices.kubeedge.io" in the namespace "default"',
    ],
    [
      "nobody",
      "/api/v1/nodes",
      403,
      'nodes is forbidden: User "rec-nobody" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
  ] as const) {
    const answer = await api.send("GET", path, { token });
    assert.deepEqual([answer.status, answer.body.message], [status, message]);
  }
  assert.equal((await api.send("GET", "/healthz", { token: "" })).text, "ok");
});

test("a node has its own Node and Lease and nobody else's", async () => {
  await using api = await startTestServer();
  const node = (name: string) => ({ apiVersion: "v1", kind: "Node", metadata: { name } });
  const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
  const token = "edge1";
  assert.equal((await api.send("POST", "/api/v1/nodes", { token, body: node("edge1") })).status, 201);
  assert.equal((await api.send("GET", "/api/v1/nodes/edge1", { token })).status, 200);
  assert.equal((await api.send("GET", "/api/v1/nodes/edge2", { token })).status, 403);
  assert.equal((await api.send("GET", "/api/v1/nodes", { token })).status, 403);
  assert.equal((await api.send("GET", devices, { token })).status, 403);
  assert.equal((await api.send("GET", "/api/v1/namespaces/default/secrets/x", { token })).status, 403);
  assert.equal((await api.send("GET", `${leases}/edge1`, { token })).status, 404);
  assert.equal((await api.send("GET", `${leases}/edge2`, { token })).status, 403);
});

test("may I? is answered for everybody who is somebody", async () => {
  await using api = await startTestServer();
  const ask = async (token: string) => {
    const spec = {
      resourceAttributes: { verb: "delete", group: "devices.kubeedge.io", resource: "devices", namespace: "default" },
    };
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
    return (await api.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { token, body })).body
      .status;
  };
  assert.deepEqual((await ask("admin")) as object, { allowed: true, reason: '"system:masters" may do everything' });
  assert.deepEqual(await ask("nobody"), { allowed: false });
});

test("the kubeconfig opens the server over TLS, is only its owner's, and survives a restart of the server", async () => {
  const directory = mkdtempSync(join(tmpdir(), "credentials-"));
  try {
    const get = async () => {
      const credentials = await openCredentials({ directory, clock: systemClock });
      await using server = await startApiServer({
        path: ":memory:",
        clock: systemClock,
        log: silentLog,
        tls: credentials.tls,
      });
      const path = await credentials.writeKubeconfig(server.url);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      const { clusters, users } = parse(readFileSync(path, "utf8"));
      const decode = (text: string) => Buffer.from(text, "base64").toString();
      const client = {
        key: decode(users[0].user["client-key-data"]),
        cert: decode(users[0].user["client-certificate-data"]),
      };
      const ca = decode(clusters[0].cluster["certificate-authority-data"]);
      const status = (extra: object) =>
        new Promise<number | undefined>((resolve, reject) => {
          request(`${server.url}${devices}`, { ca, agent: false, ...extra }, (response) =>
            resolve(response.resume().statusCode),
          )
            .once("error", reject)
            .end();
        });
      return { ca, statuses: [await status(client), await status({})] };
    };
    const first = await get();
    const second = await get();
    assert.deepEqual(first.statuses, [200, 403]);
    assert.deepEqual(second, first);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
