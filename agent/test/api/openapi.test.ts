import assert from "node:assert/strict";
import { test } from "node:test";
import { openApiDocument } from "../../src/api/openapi/document.ts";
import { examples } from "../../src/api/openapi/examples.ts";
import { operations } from "../../src/api/openapi/operations.ts";
import { schemas } from "../../src/api/openapi/schemas.ts";
import { allRoutes } from "../../src/api/routes/all.ts";
import { EventReader } from "./support/events.ts";
import { violations } from "./support/json-schema.ts";
import { lightId } from "./support/manifests.ts";
import { testApi } from "./support/test-api.ts";

const light = `/api/v1/devices/${lightId}`;

test("the document has exactly the routes that are served", () => {
  const served = allRoutes.map(({ method, path }) => `${method} ${path}`).sort();
  assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).sort(), served);
  assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length, "operation ids are unique");
});

test("every reference in the document leads somewhere and every parameter is described", () => {
  const text = JSON.stringify(openApiDocument("1", allRoutes));
  for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) assert.ok(name in schemas, name);
  const document = JSON.parse(text);
  for (const [path, item] of Object.entries<Record<string, { parameters: { name: string; description?: string }[] }>>(
    document.paths,
  )) {
    for (const { parameters } of Object.values(item)) {
      for (const { name, description } of parameters) assert.ok(description, `${path} ${name}`);
    }
  }
});

test("every example fits its schema, and every body has one", () => {
  for (const [name, example] of Object.entries(examples)) {
    const schema = schemas[name];
    assert.ok(schema, name);
    assert.deepEqual(violations(example, schema, schemas), [], name);
  }
  const bodies = operations
    .flatMap(({ request, answer }) => [request, answer])
    .filter((name) => name && name in schemas);
  for (const name of bodies) assert.ok(name && name in examples, name);
});

test("what the agent really answers fits the document", async () => {
  await using api = await testApi();
  await api.core.report("power", 4.5);
  const patch = { method: "PATCH", body: { desired: { red: "ON", seconds: 10 } } };
  const asked: readonly [string, string, Parameters<typeof api.ask>[1]][] = [
    ["DeviceTwin", `${light}/twin`, patch],
    ["Twin", `${light}/twin/red`, { method: "PATCH", body: { desired: "OFF" } }],
    ["Agent", "/api/v1", {}],
    ["Health", "/healthz", {}],
    ["Readiness", "/readyz", {}],
    ["Device", light, {}],
    ["DeviceList", "/api/v1/devices", {}],
    ["DeviceModel", "/api/v1/models/default/traffic-light", {}],
    ["DeviceModelList", "/api/v1/models", {}],
    ["Causes", `${light}/twin/red/causes`, {}],
    ["MapperList", "/api/v1/mappers", {}],
    ["Problem", `${light}/twin`, { method: "PATCH", body: { desired: { red: "BLINK" } } }],
    ["Problem", "/nowhere", {}],
  ];
  for (const [name, path, ask] of asked) {
    const { body } = await api.ask(path, ask);
    assert.deepEqual(violations(body, schemas[name] ?? {}, schemas), [], `${name} ${path}`);
  }
  const names = {
    resync: "ResyncEvent",
    synced: "SyncedEvent",
    device: "Device",
    model: "DeviceModel",
    twin: "TwinEvent",
    health: "HealthEvent",
    deleted: "DeletedEvent",
  };
  const response = await api.open("/api/v1/watch");
  const reader = new EventReader(response);
  const seen = new Set<string>();
  await reader.until("resync");
  const at = api.core.clock.now();
  await api.core.report("power", 5);
  await api.core.engine.submit(lightId, { kind: "health", at, origin: { door: "mqtt", actor: "m" }, state: "online" });
  await api.core.registry.deleteDevice(lightId);
  while (!seen.has("deleted")) {
    const event = await reader.next();
    assert.ok(event);
    seen.add(event.event);
    const schema = schemas[names[event.event as keyof typeof names]] ?? {};
    assert.deepEqual(violations(event.data, schema, schemas), [], event.event);
  }
  assert.ok(
    ["device", "twin", "health"].every((name) => seen.has(name)),
    [...seen].join(),
  );
  response.destroy();
});

test("/openapi.json is the document", async () => {
  await using api = await testApi();
  const { body } = await api.ask("/openapi.json");
  assert.equal(body.openapi, "3.1.0");
  assert.equal(body.info.version, "0.0.0-test");
});
