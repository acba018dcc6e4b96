import assert from "node:assert/strict";
import { test } from "node:test";
import type { Envelope } from "@edgetwin/cloud-protocol";
import { keepalive, refusal } from "@edgetwin/cloud-protocol";
import { said, sessionRig } from "./testing/session-rig.ts";

test("lists the devices, sends the model first, and the device when the model is stored", () => {
  const { content, connect } = sessionRig();
  content.device("n", "a");
  content.model("n");
  const edge = connect();
  const [list, model] = edge.taken({ hints: true });
  assert.deepEqual(list?.content, {
    event_id: "",
    timestamp: Date.UTC(2026, 0, 1),
    devices: [{ id: "default/a", name: "a" }],
  });
  assert.equal(model && said(model), "insert default/devicemodel/m");
  edge.acknowledge(model);
  assert.deepEqual(edge.taken({ hints: true }).map(said), ["insert default/device/a"]);
});

test("a model that is not acknowledged holds its device up for five seconds, and no other object at all", async () => {
  const { content, connect, pass } = sessionRig();
  content.model("n");
  content.device("n", "a");
  content.device("n", "free", "not-there");
  const edge = connect();
  const first = edge.taken();
  assert.deepEqual(first.map(said), ["insert default/devicemodel/m", "insert default/device/free"]);
  edge.acknowledge(first[1]);
  edge.say(keepalive, {});
  await pass(edge, 5);
  assert.deepEqual(edge.taken().map(said), ["insert default/devicemodel/m", "insert default/device/a"]);
});

test("what was acknowledged is not sent again, not even after a new connection", () => {
  const { content, connect, events } = sessionRig();
  const key = content.device("n", "a");
  const first = connect();
  first.acknowledge(first.taken()[0]);
  assert.deepEqual(events.said, [`acknowledged n ${key} 1`]);
  first.leave();
  assert.deepEqual(connect().taken(), []);
});

test("a node with another certificate may be another SD card: it gets everything", () => {
  const { content, connect } = sessionRig();
  content.device("n", "a");
  const first = connect();
  first.acknowledge(first.taken()[0]);
  first.leave();
  assert.deepEqual(connect({ fingerprint: "second" }).taken().map(said), ["insert default/device/a"]);
});

test("a node that another replica served gets everything, and what it should not hold is taken away", () => {
  const { content, connect, memories } = sessionRig();
  content.device("n", "a");
  const gone = content.device("n", "gone");
  const first = connect();
  for (const frame of first.taken()) first.acknowledge(frame);
  first.leave();
  content.remove("n", gone);
  memories.doubt("n");
  const sent = connect().taken().map(said);
  assert.deepEqual(sent, ["insert default/device/a", "delete default/device/gone"]);
});

test("what came, changed and went while the node was away is there after it comes back", () => {
  const { content, connect } = sessionRig();
  const gone = content.device("n", "gone");
  content.device("n", "changed");
  const first = connect();
  for (const frame of first.taken()) first.acknowledge(frame);
  first.leave();
  content.remove("n", gone);
  content.device("n", "changed");
  content.device("n", "new");
  const frames = connect().taken();
  assert.deepEqual(frames.map(said).sort(), [
    "delete default/device/gone",
    "insert default/device/new",
    "update default/device/changed",
  ]);
  const deletion = frames.find(({ route }) => route.operation === "delete");
  assert.deepEqual(deletion?.content, {
    metadata: { name: "gone", namespace: "default", uid: "uid of default/device/gone" },
  });
});

test("sends again after 5 s with the same identity, five times, then ever more seldom", async () => {
  const { content, connect, pass } = sessionRig();
  content.device("n", "a");
  const edge = connect();
  const at: number[] = [];
  const identities = new Set<string>();
  for (let second = 0; second <= 120; second++) {
    for (const { header } of edge.taken()) {
      at.push(second);
      identities.add(header.id);
    }
    edge.say(keepalive, {});
    await pass(edge, 1);
  }
  assert.deepEqual(at, [0, 5, 10, 15, 20, 25, 35, 55, 95]);
  assert.equal(identities.size, 1);
});

test("while an object is under way only its newest version waits; an acknowledgement of the old one does not count for it", async () => {
  const { content, connect } = sessionRig();
  const key = content.device("n", "a");
  const edge = connect();
  const [first] = edge.taken();
  content.device("n", "a");
  content.device("n", "a");
  assert.deepEqual(edge.taken(), []);
  edge.acknowledge(first);
  const next = edge.taken();
  assert.deepEqual(
    next.map(({ route, header }) => [route.operation, header.resourceVersion]),
    [["update", "3"]],
  );
  edge.acknowledge(first);
  assert.equal(edge.session.delivery.isSettled, false, key);
  edge.acknowledge(next[0]);
  assert.equal(edge.session.delivery.isSettled, true);
});

test("a refusal is no acknowledgement: the object comes again", async () => {
  const { content, connect, pass, counters } = sessionRig();
  content.device("n", "a");
  const edge = connect();
  const [frame] = edge.taken();
  edge.say(refusal, { parentId: frame?.header.id ?? "", resource: "default/device/a", reason: "disk full" });
  await pass(edge, 5);
  assert.deepEqual(
    edge.taken().map(({ header }) => header.id),
    [frame?.header.id],
  );
  assert.equal(counters.refusedObjects, 1);
});

test("a device that was deleted and made anew is deleted first, with the old identity", () => {
  const { content, connect } = sessionRig();
  const path = { namespace: "default", type: "device", name: "a" };
  content.put("n", path, { metadata: { uid: "old" } });
  const edge = connect();
  edge.acknowledge(edge.taken()[0]);
  content.put("n", path, { metadata: { uid: "new" } });
  const [deletion] = edge.taken();
  assert.deepEqual(deletion && [said(deletion), (deletion.content as { metadata: { uid: string } }).metadata.uid], [
    "delete default/device/a",
    "old",
  ]);
  edge.acknowledge(deletion);
  assert.deepEqual(edge.taken().map(said), ["insert default/device/a"]);
});

test("a model goes after the devices that used it", () => {
  const { content, connect } = sessionRig();
  const model = content.model("n");
  const edge = connect();
  edge.acknowledge(edge.taken()[0]);
  const device = content.device("n", "a");
  edge.acknowledge(edge.taken()[0]);
  edge.leave();
  content.remove("n", model);
  content.remove("n", device);
  assert.deepEqual(connect().taken().map(said), ["delete default/device/a", "delete default/devicemodel/m"]);
});

test("devices that come and go are announced in membership messages", () => {
  const { content, connect } = sessionRig();
  const edge = connect();
  edge.taken({ hints: true });
  const key = content.device("n", "a");
  const [added, device] = edge.taken({ hints: true });
  assert.deepEqual(contentOf(added).added_devices, [{ id: "default/a", name: "a" }]);
  edge.acknowledge(device);
  content.remove("n", key);
  const [, removed] = edge.taken({ hints: true });
  assert.deepEqual(contentOf(removed).removed_devices, [{ id: "default/a", name: "a" }]);
});

test("a node with many objects has a bounded number under way, and one that does not read gets no more", async () => {
  const { content, connect, pass } = sessionRig({ inFlight: 4 });
  for (let at = 0; at < 20; at++) content.device("n", `d${at}`);
  const edge = connect();
  const first = edge.taken();
  assert.equal(first.length, 4);
  edge.link.bufferedBytes = 10_000_000;
  for (const frame of first) edge.acknowledge(frame);
  assert.equal(edge.taken().length, 0);
  edge.link.bufferedBytes = 0;
  await pass(edge, 1);
  assert.equal(edge.taken().length, 4);
});

const contentOf = (frame: Envelope | undefined) => frame?.content as Readonly<Record<string, unknown>>;
