import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsAt } from "../../src/api-server/api-object.ts";
import { startTestServer } from "../../src/api-server/testing/test-server.ts";
import { configMaps, device, devices } from "./objects.ts";

test("a device is created, read, replaced, patched and deleted; its version only rises", async () => {
  await using api = await startTestServer();
  const created = await api.send("POST", devices, { body: device("light") });
  assert.equal(created.status, 201);
  const again = await api.send("POST", devices, { body: device("light") });
  assert.deepEqual([again.status, again.body.reason], [409, "AlreadyExists"]);
  const read = await api.send("GET", `${devices}/light`);
  assert.deepEqual(read.body, created.body);
  const stale = { ...read.body, metadata: { ...fieldsAt(read.body.metadata), resourceVersion: "1" } };
  assert.equal((await api.send("PUT", `${devices}/light`, { body: stale })).body.reason, "Conflict");
  const replaced = await api.send("PUT", `${devices}/light`, { body: { ...read.body, spec: { nodeName: "edge2" } } });
  assert.equal(replaced.status, 200);
  const patch = { spec: { nodeName: "edge3" } };
  const patched = await api.send("PATCH", `${devices}/light`, { body: patch, type: "application/merge-patch+json" });
  assert.deepEqual(patched.body.spec, { nodeName: "edge3" });
  const versions = [created, replaced, patched].map(({ body }) => Number(fieldsAt(body.metadata).resourceVersion));
  assert.deepEqual(
    versions,
    [...versions].sort((a, b) => a - b),
  );
  assert.equal(fieldsAt(patched.body.metadata).generation, 3);
  assert.equal((await api.send("DELETE", `${devices}/light`)).body.status, "Success");
  assert.equal((await api.send("GET", `${devices}/light`)).status, 404);
});

test("a write that changes nothing is no new version", async () => {
  await using api = await startTestServer();
  const { body } = await api.send("POST", devices, { body: device("light") });
  const same = await api.send("PUT", `${devices}/light`, { body });
  const empty = await api.send("PATCH", `${devices}/light`, { body: {}, type: "application/merge-patch+json" });
  assert.deepEqual(same.body, body);
  assert.deepEqual(empty.body, body);
});

test("unknown fields are refused, told of, or dropped, as the client asks", async () => {
  await using api = await startTestServer();
  const body = { ...device("light"), spec: { nodName: "edge1" } };
  const strict = await api.send("POST", `${devices}?fieldValidation=Strict`, { body });
  assert.deepEqual(
    [strict.status, strict.body.message],
    [
      400,
      'Device in version "v1beta1" cannot be handled as a Device: strict decoding error: unknown field "spec.nodName"',
    ],
  );
  const warned = await api.send("POST", `${devices}?dryRun=All`, { body });
  assert.equal(warned.headers.get("warning"), '299 - "unknown field \\"spec.nodName\\""');
  const ignored = await api.send("POST", `${devices}?fieldValidation=Ignore`, { body });
  assert.deepEqual([ignored.status, ignored.headers.get("warning"), ignored.body.spec], [201, null, {}]);
});

test("everything that is wrong with an object is said at once", async () => {
  await using api = await startTestServer();
  const body = { ...device("Bad_Name"), spec: { nodeName: 7, properties: [{ desired: {} }] } };
  const { status, body: answer } = await api.send("POST", devices, { body });
  const causes = fieldsAt(answer.details).causes as { field: string }[];
  assert.equal(status, 422);
  assert.deepEqual(
    new Set(causes.map(({ field }) => field)),
    new Set(["metadata.name", "spec.nodeName", "spec.properties[0].desired.value"]),
  );
});

test("a dry run answers as if, and keeps nothing", async () => {
  await using api = await startTestServer();
  const { body } = await api.send("POST", `${devices}?dryRun=All`, {
    body: { ...device(""), metadata: { generateName: "light-" } },
  });
  assert.match(String(fieldsAt(body.metadata).name), /^light-[b-z2-9]{5}$/);
  assert.equal(fieldsAt(body.metadata).resourceVersion, undefined);
  assert.deepEqual((await api.send("GET", devices)).body.items, []);
});

test("a device of an older version is stored as v1beta1 and comes back as it was", async () => {
  await using api = await startTestServer();
  const old = "/apis/devices.kubeedge.io/v1alpha2/namespaces/default/devices";
  const body = {
    apiVersion: "devices.kubeedge.io/v1alpha2",
    kind: "Device",
    metadata: { name: "old" },
    spec: {
      deviceModelRef: { name: "m" },
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: "", operator: "In", values: ["edge7"] }] }] },
      protocol: { modbus: { slaveID: 3 } },
    },
  };
  const created = await api.send("POST", old, { body });
  assert.deepEqual([created.status, created.body.spec], [201, body.spec]);
  assert.equal(fieldsAt((await api.send("GET", `${devices}/old`)).body.spec).nodeName, "edge7");
  assert.deepEqual((await api.send("GET", `${old}/old`)).body.spec, body.spec);
  const list = await api.send("GET", old);
  assert.equal(fieldsAt((list.body.items as object[])[0]).apiVersion, "devices.kubeedge.io/v1alpha2");
});

test("YAML goes both ways", async () => {
  await using api = await startTestServer();
  const body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n";
  const made = await api.send("POST", configMaps, { body, type: "application/yaml", accept: "application/yaml" });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("content-type"), "application/yaml");
  assert.match(made.text, /^data:\n {2}a: b$/m);
});

test("a body that is no object, too long or of another type is refused in a sentence", async () => {
  await using api = await startTestServer();
  for (const [body, type, status, message] of [
    ["{", "application/json", 400, /the object provided is unrecognized \(must be of type Device\)/],
    ["[]", "application/json", 400, /is no object/],
    ["x", "text/plain", 415, /accepted media types include: application\/json, application\/yaml/],
    [`"${"x".repeat(3 * 1024 * 1024)}"`, "application/json", 413, /limit is 3145728/],
    ["a: &a [*a]", "application/yaml", 400, /unrecognized/],
  ] as const) {
    const answer = await api.send("POST", devices, { body, type });
    assert.equal(answer.status, status);
    assert.match(String(answer.body.message), message);
  }
  assert.equal((await api.send("GET", devices)).status, 200);
});

test("kubectl's own protobuf makes a namespace", async () => {
  await using api = await startTestServer();
  const text = (field: number, value: string) =>
    Buffer.concat([Buffer.from([field * 8 + 2, value.length]), Buffer.from(value)]);
  const message = (field: number, ...parts: Buffer[]) => {
    const whole = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([field * 8 + 2, whole.length]), whole]);
  };
  const bytes = Buffer.concat([
    Buffer.from("k8s\0"),
    message(1, text(1, "v1"), text(2, "Namespace")),
    message(2, message(1, text(1, "from-kubectl"))),
  ]);
  const response = await fetch(`${api.server.url}/api/v1/namespaces`, {
    method: "POST",
    headers: { authorization: "Bearer admin", "content-type": "application/vnd.kubernetes.protobuf" },
    body: bytes,
  });
  assert.equal(response.status, 201);
  assert.equal(fieldsAt((await api.send("GET", "/api/v1/namespaces/from-kubectl")).body.status).phase, "Active");
});
