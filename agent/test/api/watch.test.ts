import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { EventReader, type ReceivedEvent } from "./support/events.ts";
import { lightId } from "./support/manifests.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

async function watch(api: TestApi, path = "/api/v1/watch", headers: Record<string, string> = {}) {
  const response = await api.open(path, { headers });
  const reader = new EventReader(response);
  return { response, reader, close: () => response.destroy() };
}

test("a watch begins with a snapshot and goes on with every change, with rising ids", async () => {
  await using api = await testApi();
  const { reader, response, close } = await watch(api);
  assert.equal(response.headers["content-type"], "text/event-stream");
  const snapshot: ReceivedEvent[] = [];
  for (let event = await reader.next(); event; event = await reader.next()) {
    snapshot.push(event);
    if (event.event === "synced") break;
  }
  assert.deepEqual(
    snapshot.map(({ event }) => event),
    ["resync", "model", "device", "synced"],
  );
  assert.deepEqual(snapshot[0]?.data, { reason: "start", resources: 2 });

  await api.ask(`/api/v1/devices/${lightId}/twin/red`, { method: "PATCH", body: { desired: "ON" } });
  const change = await reader.until("twin");
  assert.equal(change.data.device, lightId);
  assert.equal(change.data.properties[0].desired.value, "ON");
  assert.ok(Number(change.id.split("-")[1]) > Number(snapshot.at(-1)?.id.split("-")[1]));
  close();
});

test("deleting, applying and a changed state of a device are events", async () => {
  await using api = await testApi();
  const { reader, close } = await watch(api, `/api/v1/devices/${lightId}/watch`);
  await reader.until("synced");
  api.core.registry.become(lightId, { name: "waiting", failures: 1, reason: "busy", retryInMs: 5 });
  assert.equal((await reader.until("device")).data.status.mapper.reason, "busy");
  await api.core.registry.deleteDevice(lightId);
  const { data } = await reader.until("deleted");
  assert.deepEqual(data, { kind: "Device", namespace: "default", name: "traffic-light-instance-01" });
  close();
});

test("a client that comes back gets a fresh snapshot instead of a replay", async () => {
  await using api = await testApi();
  const { reader, close } = await watch(api, "/api/v1/watch", { "last-event-id": "old-7" });
  assert.equal((await reader.until("resync")).data.reason, "reconnect");
  close();
});

test("a quiet watch gets keep-alive comments", async () => {
  await using api = await testApi();
  const { reader, close } = await watch(api);
  await reader.until("synced");
  await api.core.clock.advance(15_000);
  await api.core.report("power", 1);
  await reader.until("twin");
  assert.deepEqual(reader.comments, ["keep-alive"]);
  close();
});

test("a client that does not keep up is told to resync, gets a snapshot and ends with the newest values", async () => {
  await using api = await testApi({ limits: { watchBufferBytes: 20_000 } });
  const { reader, close } = await watch(api);
  await reader.until("synced");
  // Faster than anything can be sent: nothing leaves the process before this burst is over.
  const last = 500;
  await Promise.all(Array.from({ length: last }, (_, index) => api.core.report("power", index + 1)));
  assert.equal((await reader.until("resync")).data.reason, "slow");
  const { data } = await reader.until("device");
  const power = data.status.twins.find((twin: { propertyName: string }) => twin.propertyName === "power");
  assert.equal(power.reported.value, last);
  await reader.until("synced");
  await api.core.report("power", -1);
  // News of the last value of the burst may follow the snapshot that has it already.
  let seen = last;
  while (seen === last) seen = (await reader.until("twin")).data.properties[0].reported.value;
  assert.equal(seen, -1);
  assert.equal(await metric(api, "edgetwin_watch_resyncs_total"), 1);
  close();
});

test("only so many watches may be open, and a closed one makes room", async () => {
  await using api = await testApi({ limits: { watchers: 1 } });
  const first = await watch(api);
  await first.reader.until("synced");
  const second = await api.ask("/api/v1/watch");
  assert.deepEqual([second.status, second.body.code], [429, "LIMIT"]);
  first.close();
  while ((await metric(api, "edgetwin_watchers")) > 0) await settle();
  const third = await watch(api);
  await third.reader.until("synced");
  third.close();
});

test("closing the API ends every watch", async () => {
  await using api = await testApi();
  const { reader } = await watch(api);
  await reader.until("synced");
  await api.stop();
  assert.equal(await reader.next().catch(() => undefined), undefined);
});

async function metric(api: TestApi, name: string): Promise<number> {
  const { text } = await api.ask("/metrics");
  return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
}

test("HEAD of a watch says what it would be and opens none", async () => {
  await using api = await testApi({ limits: { watchers: 1 } });
  for (let count = 0; count < 3; count++)
    assert.equal((await api.ask("/api/v1/watch", { method: "HEAD" })).status, 200);
  assert.match((await api.ask("/metrics")).text, /^edgetwin_watchers 0$/m);
});
