import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "@edgetwin/mapper-sdk/testing";
import type { Json } from "./support/http.ts";
import { lightId } from "./support/manifests.ts";
import { testApi } from "./support/test-api.ts";

const light = "/api/v1/devices/default/traffic-light-instance-01";

test("a PATCH sets several desired values at once and answers with the twin and its tag", async () => {
  await using api = await testApi();
  const patched = await api.ask(`${light}/twin`, { method: "PATCH", body: { desired: { red: "on", seconds: 30 } } });

  assert.equal(patched.status, 200);
  assert.equal(patched.body.properties.red?.desired?.value, "ON");
  assert.equal(patched.body.properties.red?.phase, "pending");
  assert.equal(patched.body.properties.seconds?.desired?.value, 30);
  const read = await api.ask(`${light}/twin`);
  assert.equal(read.headers.etag, patched.headers.etag);
});

test("a PATCH with one bad value changes nothing and names every mistake", async () => {
  await using api = await testApi();
  const { status, headers, body } = await api.ask(`${light}/twin`, {
    method: "PATCH",
    body: { desired: { red: "ON", seconds: 300, gren: "ON", power: 3 } },
  });

  assert.equal(status, 422);
  assert.match(headers["content-type"] ?? "", /^application\/problem\+json/);
  assert.equal(body.code, "VALUE_INVALID");
  assert.deepEqual(
    body.details.map(({ property, code }: Json) => [property, code]),
    [
      ["seconds", "VALUE_INVALID"],
      ["gren", "PROPERTY_UNKNOWN"],
      ["power", "READ_ONLY"],
    ],
  );
  assert.match(body.detail ?? "", /did you mean green/);
  assert.equal(api.core.engine.device(lightId)?.twins.get("red")?.desired, undefined);
});

test("null clears a desired value", async () => {
  await using api = await testApi();
  await api.ask(`${light}/twin/red`, { method: "PATCH", body: { desired: "ON" } });
  const cleared = await api.ask(`${light}/twin/red`, { method: "PATCH", body: { desired: null } });

  assert.equal(cleared.status, 200);
  assert.equal(cleared.body.desired, undefined);
  assert.equal(cleared.body.version, 2);
});

test("an interlock answers 409 and says which lamps must not shine together", async () => {
  await using api = await testApi();
  const both = { desired: { red: "ON", green: "ON" } };
  const { status, body } = await api.ask(`${light}/twin`, { method: "PATCH", body: both });

  assert.equal(status, 409);
  assert.equal(body.code, "INTERLOCK");
  assert.match(body.detail ?? "", /cars from both sides/);
});

test("If-Match lets a change through only while nobody else has changed the property", async () => {
  await using api = await testApi();
  const before = (await api.ask(`${light}/twin/red`)).headers.etag as string;
  const mine = await api.ask(`${light}/twin/red`, {
    method: "PATCH",
    headers: { "if-match": before },
    body: { desired: "ON" },
  });
  assert.equal(mine.status, 200);
  assert.notEqual(mine.headers.etag, before);

  const late = await api.ask(`${light}/twin/red`, {
    method: "PATCH",
    headers: { "if-match": before },
    body: { desired: "OFF" },
  });
  assert.equal(late.status, 412);
  assert.equal(late.body.code, "VERSION_CONFLICT");
  assert.equal(api.core.engine.device(lightId)?.twins.get("red")?.desired?.value, "ON");
});

test("a tag of the whole device no longer fits after any desired value changed, but still after a report", async () => {
  await using api = await testApi();
  const before = (await api.ask(`${light}/twin`)).headers.etag as string;
  await api.core.report("power", 4.5);
  const change = { method: "PATCH", headers: { "if-match": before }, body: { desired: { red: "ON" } } };
  assert.equal((await api.ask(`${light}/twin`, change)).status, 200);
  assert.equal((await api.ask(`${light}/twin`, change)).status, 412);
});

test("ifVersion in the body guards single properties", async () => {
  await using api = await testApi();
  const guarded = { method: "PATCH", body: { desired: { red: "ON" }, ifVersion: { red: 0 } } };
  assert.equal((await api.ask(`${light}/twin`, guarded)).status, 200);
  const again = await api.ask(`${light}/twin`, guarded);
  assert.equal(again.status, 412);
  assert.match(again.body.detail ?? "", /red is at version 1, not 0/);
});

test("two writers that read the same version cannot both win", async () => {
  await using api = await testApi();
  const tag = (await api.ask(`${light}/twin/seconds`)).headers.etag as string;
  const writers = [10, 20, 30, 40].map((desired) =>
    api.ask(`${light}/twin/seconds`, { method: "PATCH", headers: { "if-match": tag }, body: { desired } }),
  );
  const statuses = (await Promise.all(writers)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 412, 412, 412]);
});

test("a wait answers when the value is verified, not before", async () => {
  await using api = await testApi();
  const waiting = api.ask(`${light}/twin/red?wait=verified&timeout=5s`, { method: "PATCH", body: { desired: "ON" } });
  const seen: string[] = [];
  void waiting.then(() => seen.push("answered"));
  await desired(api.core, "red");
  await api.core.progress("red", "applying");
  await api.core.progress("red", "applied");
  await settle();
  assert.deepEqual(seen, []);

  await api.core.progress("red", "verified");
  const { status, body } = await waiting;
  assert.equal(status, 200);
  assert.equal(body.phase, "verified");
});

test("wait=applied is content when the driver returned", async () => {
  await using api = await testApi();
  const waiting = api.ask(`${light}/twin/red?wait=applied`, { method: "PATCH", body: { desired: "ON" } });
  await desired(api.core, "red");
  await api.core.progress("red", "applying");
  await api.core.progress("red", "applied");
  assert.equal((await waiting).body.phase, "applied");
});

test("a wait that takes too long answers 504 with phase and reason, and the desired value stays", async () => {
  await using api = await testApi();
  const waiting = api.ask(`${light}/twin`, {
    method: "PATCH",
    headers: { prefer: "wait=10" },
    body: { desired: { red: "ON" } },
  });
  await desired(api.core, "red");
  await api.core.progress("red", "failed", "the bus does not answer");
  await api.core.clock.advance(10_000);
  const { status, body } = await waiting;

  assert.equal(status, 504);
  assert.equal(body.code, "WAIT_TIMEOUT");
  assert.match(body.detail ?? "", /not verified within 10s: red is failed \(the bus does not answer\)/);
  assert.equal(body.details[0]?.phase, "failed");
  assert.equal(api.core.engine.device(lightId)?.twins.get("red")?.desired?.value, "ON");
});

test("a wait ends at once when the device rejects the value or somebody overtakes it", async () => {
  await using api = await testApi();
  const rejected = api.ask(`${light}/twin/red?wait=verified`, { method: "PATCH", body: { desired: "ON" } });
  await desired(api.core, "red");
  await api.core.progress("red", "rejected", "the lamp is burnt out");
  assert.equal((await rejected).status, 422);
  assert.match((await rejected).body.detail ?? "", /"ON" was rejected: the lamp is burnt out/);

  const overtaken = api.ask(`${light}/twin/seconds?wait=verified`, { method: "PATCH", body: { desired: 10 } });
  await desired(api.core, "seconds");
  await api.ask(`${light}/twin/seconds`, {
    method: "PATCH",
    headers: { "edgetwin-actor": "eva" },
    body: { desired: 20 },
  });
  assert.equal((await overtaken).status, 412);
  assert.match((await overtaken).body.detail ?? "", /overtaken: eva set it to 20 \(version 2\)/);
});

test("a wait for a device that is deleted meanwhile answers 404", async () => {
  await using api = await testApi();
  const waiting = api.ask(`${light}/twin/red?wait=verified`, { method: "PATCH", body: { desired: "ON" } });
  await desired(api.core, "red");
  await api.core.registry.deleteDevice(lightId);
  assert.equal((await waiting).status, 404);
});

test("a wait for what is verified already answers at once", async () => {
  await using api = await testApi();
  await api.ask(`${light}/twin/red`, { method: "PATCH", body: { desired: "ON" } });
  await api.core.progress("red", "verified");
  const again = await api.ask(`${light}/twin/red?wait=verified`, { method: "PATCH", body: { desired: "ON" } });
  assert.equal(again.body.phase, "verified");
  assert.equal(again.body.version, 1);
});

test("Preference-Applied says how long the agent waited at most", async () => {
  await using api = await testApi();
  await api.ask(`${light}/twin/red`, { method: "PATCH", body: { desired: "ON" } });
  await api.core.progress("red", "verified");
  const headers = { prefer: "respond-async, wait=99999" };
  const answer = await api.ask(`${light}/twin/red`, { method: "PATCH", headers, body: { desired: "ON" } });
  assert.equal(answer.headers["preference-applied"], "wait=600");
});

test("causes tell who changed a property, through which door, with which result", async () => {
  await using api = await testApi();
  const headers = { "edgetwin-actor": "eva", "user-agent": "edgetwin-command/1", "x-request-id": "r-7" };
  await api.ask(`${light}/twin/red`, { method: "PATCH", headers, body: { desired: "ON" } });
  await api.core.progress("red", "applying");
  await api.core.progress("red", "applied");
  await api.core.progress("red", "verified");
  const later = { method: "PATCH", body: { desired: "OFF" } };
  await api.ask(`${light}/twin/red`, later);
  const { body } = await api.ask(`${light}/twin/red/causes`);

  assert.deepEqual(body.items[0]?.by, { door: "command", actor: "eva", request: "r-7" });
  assert.equal(body.items[0]?.what, "desired");
  assert.equal(body.items[0]?.value, "ON");
  const last = (await api.ask(`${light}/twin/red/causes?limit=1`)).body.items;
  assert.deepEqual(
    last.map(({ what, value }: Json) => [what, value]),
    [["desired", "OFF"]],
  );
});

test("integers beyond 2^53 go in and out without rounding", async () => {
  await using api = await testApi();
  await api.core.registry.apply(
    JSON.stringify({
      apiVersion: "devices.kubeedge.io/v1beta1",
      kind: "DeviceModel",
      metadata: { name: "meter" },
      spec: { properties: [{ name: "count", type: "INT", accessMode: "ReadWrite" }] },
    }),
    { origin: { door: "manifest", actor: "test" } },
  );
  const device = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: "meter-1" },
    spec: { deviceModelRef: { name: "meter" } },
  };
  await api.core.registry.apply(JSON.stringify(device), { origin: { door: "manifest", actor: "test" } });
  for (const body of ['{"desired":9007199254740993}', '{"desired":"9007199254740993"}']) {
    const { body: twin } = await api.ask("/api/v1/devices/default/meter-1/twin/count", { method: "PATCH", body });
    assert.equal(twin.desired?.value, "9007199254740993");
  }
});

/** Waits until a desired value of the light is stored. */
function desired({ engine }: { readonly engine: Awaited<ReturnType<typeof testApi>>["core"]["engine"] }, name: string) {
  return new Promise<void>((resolve) => {
    const look = () => {
      const { desired, progress } = engine.device(lightId)?.twins.get(name) ?? {};
      if (!desired || progress?.phase !== "pending") return;
      stop();
      resolve();
    };
    const stop = engine.onApplied(look);
    look();
  });
}

test("a body that is nested without end is refused like any other that is no object", async () => {
  await using api = await testApi();
  const body = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  for (const text of [body, `{"desired":${body}}`]) {
    const answer = await api.ask(`/api/v1/devices/${lightId}/twin`, { method: "PATCH", body: text });
    assert.deepEqual([answer.status, answer.body.code], [400, "REQUEST_INVALID"]);
  }
});

test("a wait that ends early says why the device cannot follow", async () => {
  await using api = await testApi();
  const reason = "GPIO26 is used by another device";
  api.core.registry.become(lightId, { name: "waiting", failures: 1, reason, retryInMs: 500 });
  const answer = api.ask(`${light}/twin/red?wait=verified&timeout=1s`, { method: "PATCH", body: { desired: "ON" } });
  await desired(api.core, "red");
  await settle();
  await api.core.clock.advance(1000);
  const { body } = await answer;
  assert.match(body.detail, /red is pending; the device is waiting: GPIO26 is used by another device; the agent keeps/);
});

test("a change of thousands of unknown properties is refused as a whole", async () => {
  await using api = await testApi();
  const desired = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`lamp-${index}`, "ON"]));
  const answer = await api.ask(`${light}/twin`, { method: "PATCH", body: { desired } });
  assert.deepEqual([answer.status, answer.body.code], [422, "VALUE_INVALID"]);
  assert.match(answer.body.detail, /lacks 5000 of the properties named, lamp-0, lamp-1, lamp-2 among them/);
});
