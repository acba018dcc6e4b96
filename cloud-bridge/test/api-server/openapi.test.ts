import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsAt } from "../../src/api-server/api-object.ts";
import { startTestServer } from "../../src/api-server/testing/test-server.ts";

const asked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
const answered = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

test("says what it serves in one document of OpenAPI 2.0, in the form that is asked for", async () => {
  await using api = await startTestServer();
  const json = await api.send("GET", "/openapi/v2");
  assert.equal(json.headers.get("content-type"), "application/json");
  assert.equal(json.body.swagger, "2.0");
  const device = fieldsAt(json.body, "definitions", "io.kubeedge.devices.v1beta1.Device");
  assert.deepEqual(Object.keys(fieldsAt(device, "properties")).sort(), [
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "status",
  ]);
  // What may hold anything lists nothing: kubectl would refuse everything else.
  const protocol = fieldsAt(device, "properties", "spec", "properties", "protocol", "properties");
  assert.equal(fieldsAt(protocol, "configData").properties, undefined);
  assert.doesNotMatch(json.text, /components\/schemas|"allOf"|"nullable"/);
  const patch = fieldsAt(
    json.body,
    "paths",
    "/apis/devices.kubeedge.io/v1beta1/namespaces/{namespace}/devices/{name}",
    "patch",
  );
  // By this parameter kubectl sees that it may leave validation to the server.
  assert.ok((patch.parameters as { name: string }[]).some(({ name }) => name === "fieldValidation"));
  for (const accept of [asked, answered, `${asked}, */*`]) {
    const { headers, status } = await api.send("GET", "/openapi/v2", { accept });
    assert.deepEqual([status, headers.get("content-type")], [200, answered]);
  }
  assert.equal((await api.send("GET", "/openapi/v2", { accept: "text/html" })).status, 406);
  assert.equal((await api.send("GET", "/swagger-2.0.0.pb-v1", {})).status, 404);
});

test("is the document that kubectl reads as protobuf, and sent once to whoever keeps it", async () => {
  await using api = await startTestServer();
  const get = (headers: Record<string, string>) =>
    fetch(`${api.server.url}/openapi/v2`, { headers: { authorization: "Bearer admin", accept: asked, ...headers } });
  const response = await get({});
  const bytes = Buffer.from(await response.arrayBuffer());
  // The first bytes of the recorded answer of kube-apiserver 1.32.
  assert.equal(
    bytes.subarray(0, 25).toString("hex"),
    "0a03322e3012120a0a4b756265726e657465731204312e3332".slice(0, 50),
  );
  const fields = fieldsOf(bytes);
  assert.deepEqual([...new Set(fields.map(({ field }) => field))], [1, 2, 8, 9]);
  const definitions = fieldsOf(fields.find(({ field }) => field === 9)?.value as Buffer).map(({ value }) => {
    const [name, schema] = fieldsOf(value);
    return { name: String(name?.value), schema: fieldsOf(schema?.value as Buffer) };
  });
  const model = definitions.find(({ name }) => name === "io.kubeedge.devices.v1beta1.DeviceModel");
  const extension = model?.schema.find(({ field }) => field === 31);
  const text = String(extension?.value);
  assert.match(text, /x-kubernetes-group-version-kind/);
  assert.match(text, /\[\{"group":"devices\.kubeedge\.io","kind":"DeviceModel","version":"v1beta1"\}\]/);
  assert.equal((await get({ "if-none-match": response.headers.get("etag") ?? "" })).status, 304);
});

/** The fields of a message in which every field is a block of bytes. */
function fieldsOf(bytes: Buffer): { field: number; value: Buffer }[] {
  const found: { field: number; value: Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    assert.equal(tag % 8, 2);
    const length = varint();
    found.push({ field: Math.floor(tag / 8), value: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}
