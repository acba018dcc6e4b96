import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support/http.ts";
import { lightId, trafficLight } from "./support/manifests.ts";
import { testApi } from "./support/test-api.ts";

const light = `/api/v1/devices/${lightId}`;

test("a device shows metadata, spec and status with its mapper, state and twins", async () => {
  await using api = await testApi();
  await api.core.report("power", 4.5);
  await api.core.clock.advance(1_500);
  const { body } = await api.ask(light);
  assert.equal(body.apiVersion, "devices.kubeedge.io/v1beta1");
  assert.deepEqual(body.metadata.labels, { place: "crossing" });
  assert.equal(body.metadata.creationTimestamp, "2026-01-01T00:00:00.000Z");
  assert.equal(body.spec.deviceModelRef.name, "traffic-light");
  assert.deepEqual(body.status.mapper, { name: "gpio", state: "online" });
  const power = body.status.twins.find((twin: { propertyName: string }) => twin.propertyName === "power");
  assert.deepEqual([power.access, power.unit, power.reported.value, power.reported.ageMs], ["r", "W", 4.5, 1500]);
});

test("why a device waits is in its status", async () => {
  await using api = await testApi();
  api.core.registry.become(lightId, { name: "waiting", failures: 2, reason: "GPIO26 is busy", retryInMs: 800 });
  assert.deepEqual((await api.ask(light)).body.status.mapper, {
    name: "gpio",
    state: "waiting",
    failures: 2,
    reason: "GPIO26 is busy",
    retryInMs: 800,
  });
});

test("lists can be narrowed to a namespace", async () => {
  await using api = await testApi();
  assert.equal((await api.ask("/api/v1/devices")).body.items.length, 1);
  assert.equal((await api.ask("/api/v1/devices?namespace=hall")).body.items.length, 0);
  assert.equal((await api.ask("/api/v1/models?namespace=default")).body.kind, "DeviceModelList");
});

test("PUT creates with 201 and changes with 200, from YAML and JSON, and refuses another name than the path's", async () => {
  await using api = await testApi();
  const yaml = trafficLight.split("---\n")[1]?.replace("instance-01", "instance-02") as string;
  const put = { method: "PUT", headers: { "content-type": "application/yaml" }, body: yaml };
  const path = "/api/v1/devices/default/traffic-light-instance-02";
  const created = await api.ask(path, put);
  assert.deepEqual([created.status, created.body.metadata.name], [201, "traffic-light-instance-02"]);
  assert.equal((await api.ask(path, put)).status, 200);

  const wrong = await api.ask(light, put);
  assert.equal(wrong.status, 400);
  assert.match(
    wrong.body.detail,
    /body is Device default\/traffic-light-instance-02, but the path says Device default/,
  );
  const both = await api.ask(light, { ...put, body: trafficLight });
  assert.match(both.body.detail, /the body has 2 manifests/);
});

test("a manifest that does not fit answers 422 with every issue in details", async () => {
  await using api = await testApi();
  const body = "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: 5\n";
  const post = { method: "POST", headers: { "content-type": "application/yaml" }, body };
  const answer = await api.ask("/api/v1/manifests?file=lamp.yaml", post);
  assert.deepEqual([answer.status, answer.body.code], [422, "MANIFEST_INVALID"]);
  assert.equal(answer.body.details[0].path, "metadata");
  assert.match(answer.body.detail, /lamp\.yaml:3/);
});

test("DELETE answers 204, then 404; a model in use stays", async () => {
  await using api = await testApi();
  assert.equal((await api.ask("/api/v1/models/default/traffic-light", { method: "DELETE" })).status, 422);
  assert.equal((await api.ask(light, { method: "DELETE" })).status, 204);
  assert.equal((await api.ask(light, { method: "DELETE" })).status, 404);
  assert.equal((await api.ask("/api/v1/models/default/traffic-light", { method: "DELETE" })).status, 204);
});

test("every mistake is answered as a problem with code, status, path and a hint", async () => {
  await using api = await testApi();
  const json = { "content-type": "application/json" };
  const cases: readonly [string, Parameters<typeof api.ask>[1], number, string, RegExp][] = [
    ["/api/v1/device", {}, 404, "NOT_FOUND", /did you mean "devices"/],
    ["/nothing/at/all", {}, 404, "NOT_FOUND", /openapi\.json lists every path/],
    ["/api/v1/devices/default/traffic-light-instance-1", {}, 404, "NOT_FOUND", /did you mean "default\/traffic-light-/],
    [`${light}/twin/redd`, {}, 404, "NOT_FOUND", /did you mean "red"/],
    ["/api/v1/devices", { method: "POST" }, 405, "METHOD_NOT_ALLOWED", /knows GET, not POST/],
    ["/api/v1/devices?namespce=x", {}, 400, "REQUEST_INVALID", /did you mean "namespace"/],
    ["/api/v1/devices/%zz/x", {}, 400, "REQUEST_INVALID", /percent-encoding/],
    [`${light}/twin`, { method: "PATCH", body: { desried: {} } }, 400, "REQUEST_INVALID", /did you mean "desired"/],
    [`${light}/twin`, { method: "PATCH", body: { desired: {} } }, 400, "REQUEST_INVALID", /names no property/],
    [`${light}/twin`, { method: "PATCH", body: [] }, 400, "REQUEST_INVALID", /must be a JSON object, got \[\]/],
    [`${light}/twin`, { method: "PATCH", body: "{", headers: json }, 400, "REQUEST_INVALID", /not JSON/],
    [`${light}/twin/red`, { method: "PATCH", body: {} }, 400, "REQUEST_INVALID", /"desired" is missing/],
    [
      `${light}/twin`,
      { method: "PATCH", body: "a=b", headers: { "content-type": "text/plain" } },
      415,
      "MEDIA_TYPE_UNSUPPORTED",
      /text\/plain; send application\/json/,
    ],
    [
      `${light}/twin?wait=verfied`,
      { method: "PATCH", body: { desired: { red: "ON" } } },
      400,
      "REQUEST_INVALID",
      /did you mean "verified"/,
    ],
    [
      `${light}/twin?wait=verified&timeout=1y`,
      { method: "PATCH", body: { desired: { red: "ON" } } },
      400,
      "REQUEST_INVALID",
      /write e\.g\. 10s/,
    ],
    [
      `${light}/twin?timeout=1s`,
      { method: "PATCH", body: { desired: { red: "ON" } } },
      400,
      "REQUEST_INVALID",
      /without wait/,
    ],
    [
      `${light}/twin`,
      { method: "PATCH", body: { desired: { red: "ON" }, ifVersion: { red: "1" } } },
      400,
      "REQUEST_INVALID",
      /ifVersion\.red must be a whole number/,
    ],
    [`${light}/twin/red/causes?limit=-1`, {}, 400, "REQUEST_INVALID", /limit must be/],
  ];
  for (const [path, ask, status, code, detail] of cases) {
    const answer = await api.ask(path, ask);
    assert.deepEqual([answer.status, answer.body.status, answer.body.code], [status, status, code], path);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.body.instance, path.split("?")[0]);
    assert.match(answer.body.detail, detail);
  }
  assert.equal((await api.ask("/api/v1/devices", { method: "POST" })).headers.allow, "GET");
  assert.equal(api.core.engine.device(lightId)?.twins.get("red")?.lastVersion, 0);
});

test("a body above the limit is refused with 413, also when it does not say its length", async () => {
  await using api = await testApi({ limits: { bodyBytes: 1000 } });
  const body = JSON.stringify({ desired: { red: "x".repeat(2000) } });
  for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
    const answer = await api.ask(`${light}/twin`, { method: "PATCH", headers, body });
    assert.deepEqual([answer.status, answer.body.code], [413, "BODY_TOO_LARGE"]);
    assert.match(answer.body.detail, /larger than 1000 bytes/);
  }
});

test("HEAD answers like GET without a body", async () => {
  await using api = await testApi();
  const { status, text, headers } = await api.ask(light, { method: "HEAD" });
  assert.deepEqual([status, text], [200, ""]);
  assert.equal(headers["content-length"], String(Buffer.byteLength((await api.ask(light)).text)));
});

test("a bug answers 500 without telling its insides", async () => {
  await using api = await testApi();
  api.core.registry.devices = () => {
    throw new TypeError("secret detail");
  };
  const { status, text, body } = await api.ask("/api/v1/devices");
  assert.deepEqual([status, body.code], [500, "INTERNAL"]);
  assert.doesNotMatch(text, /secret/);
});

test("readyz is 503 while the store takes no writes or a device had no turn, and healthz stays 200", async () => {
  await using api = await testApi();
  api.core.registry.become(lightId, { name: "opening", failures: 0 });
  const opening = await api.ask("/readyz");
  assert.equal(opening.status, 503);
  assert.match(opening.text, /still opening default\/traffic-light-instance-01/);
  api.core.registry.become(lightId, { name: "waiting", failures: 1, reason: "busy", retryInMs: 1 });
  assert.equal((await api.ask("/readyz")).status, 200);
  api.core.registry.become(lightId, { name: "opening", failures: 0 });
  assert.equal((await api.ask("/readyz")).status, 200, "being opened once is enough");

  api.core.store.become({ state: "degraded", reason: "the disk is full" });
  const full = await api.ask("/readyz");
  assert.deepEqual([full.status, full.body.ready], [503, false]);
  assert.match(full.text, /the disk is full/);
  assert.equal((await api.ask("/healthz")).status, 200);
});

test("an answer that is waited for is given up when the client goes away", async () => {
  await using api = await testApi();
  const gone = new AbortController();
  const response = open(api.address, `${light}/twin/red?wait=verified`, {
    method: "PATCH",
    body: { desired: "ON" },
    signal: gone.signal,
  });
  await new Promise<void>((resolve) => {
    const stop = api.core.engine.onApplied(() => {
      stop();
      resolve();
    });
  });
  const waiting = api.core.clock.timers;
  gone.abort();
  await assert.rejects(response);
  while (api.core.clock.timers === waiting) await new Promise((resolve) => setImmediate(resolve));
});
