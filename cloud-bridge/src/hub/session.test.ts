import assert from "node:assert/strict";
import { test } from "node:test";
import {
  control,
  keepalive,
  membershipQuery,
  objectRequest,
  stateReport,
  topicUpload,
  twinReport,
  urlCall,
} from "@edgetwin/cloud-protocol";
import { closeCodes } from "./close-codes.ts";
import { said, sessionRig } from "./testing/session-rig.ts";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const report = (value: string, timestamp: number, name = "a") => ({
  namespace: "default",
  name,
  eventId: "e",
  timestamp,
  twin: new Map([["t", { actual: { value, timestamp } }]]),
});

/** A node with the device `a`, which it holds. */
function reporting(limits = {}) {
  const rig = sessionRig(limits);
  rig.content.device("n", "a");
  const edge = rig.connect();
  for (const frame of edge.taken()) edge.acknowledge(frame);
  const values = () => rig.events.reports.map(({ twin }) => twin.get("t")?.actual?.value);
  return { ...rig, edge, values };
}

test("a report is confirmed after it was stored, not before", async () => {
  const { edge, events } = reporting();
  let store = () => {};
  events.store = () => new Promise((resolve) => (store = resolve));
  const id = edge.say(twinReport, report("1", 1000));
  await settled();
  assert.deepEqual(edge.taken(), []);
  store();
  await settled();
  assert.deepEqual(
    edge.taken().map(({ header, content }) => [header.parentId, content]),
    [[id, "OK"]],
  );
});

test("a report that cannot be stored is not confirmed, and counts when it comes again", async () => {
  const { edge, events, counters, values } = reporting();
  events.store = () => Promise.reject(new Error("no API"));
  edge.say(twinReport, report("1", 1000));
  await settled();
  assert.deepEqual([edge.taken(), counters.failedReports], [[], 1]);
  events.store = async () => {};
  edge.say(twinReport, report("1", 1000));
  await settled();
  assert.deepEqual([edge.taken().length, values()], [1, ["1"]]);
});

test("reports of one node are told in the order in which they came, and each is confirmed when it is stored", async () => {
  const { edge, events } = reporting();
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  events.report = (_, { twin }) => {
    told.push(twin.get("t")?.actual?.value ?? "");
    return new Promise((resolve) => waiting.push(resolve));
  };
  const ids = [1, 2, 3].map((at) => edge.say(twinReport, report(String(at), at)));
  await settled();
  assert.deepEqual(told, ["1", "2", "3"]);
  const confirmed = async () => {
    await settled();
    return edge.taken().map(({ header }) => header.parentId);
  };
  waiting[2]?.();
  assert.deepEqual(await confirmed(), [ids[2]]);
  for (const store of waiting) store();
  assert.deepEqual(await confirmed(), [ids[0], ids[1]]);
});

test("duplicates are confirmed, late values are confirmed and not stored, each property for itself", async () => {
  const { edge, events, counters, values } = reporting();
  edge.say(twinReport, report("new", 5000));
  edge.say(twinReport, report("old", 4000));
  const both = new Map([
    ["t", { actual: { value: "older", timestamp: 3000 } }],
    ["u", { actual: { value: "fresh", timestamp: 3000 } }],
  ]);
  edge.say(twinReport, { ...report("", 3000), twin: both });
  await settled();
  assert.equal(edge.taken().length, 3);
  assert.deepEqual([values(), counters.staleReports], [["new", undefined], 1]);
  assert.deepEqual([...(events.reports[1]?.twin.keys() ?? [])], ["u"]);
});

test("values of a clock that was set back are news: by hours at once, by less after the next keepalive", async () => {
  const { edge, values } = reporting();
  const hour = 3_600_000;
  edge.say(keepalive, {}, 10 * hour);
  edge.say(twinReport, report("ahead", 10 * hour));
  edge.say(twinReport, report("back by hours", 8 * hour));
  edge.say(twinReport, report("late", 8 * hour - 5000));
  edge.say(keepalive, {}, 8 * hour - 5000);
  edge.say(twinReport, report("back by seconds", 8 * hour - 4000));
  await settled();
  assert.deepEqual(values(), ["ahead", "back by hours", "back by seconds"]);
});

test("a node reports only its own devices; what it says of others is neither stored nor confirmed", async () => {
  const { edge, events, counters, content } = reporting();
  content.device("other", "theirs");
  edge.say(twinReport, report("1", 1000, "theirs"));
  edge.say(stateReport, { namespace: "default", name: "theirs", eventId: "", timestamp: 1, state: "online" });
  await settled();
  assert.deepEqual([edge.taken(), events.reports, events.states, counters.foreignReports], [[], [], [], 2]);
});

test("states are stored and confirmed, and refused when they are late", async () => {
  const { edge, events } = reporting();
  const state = (name: string, timestamp: number) =>
    edge.say(stateReport, { namespace: "default", name: "a", eventId: "", timestamp, state: name });
  state("online", 2000);
  state("offline", 1000);
  await settled();
  assert.deepEqual([edge.taken().length, events.states.map((one) => one.state)], [2, ["online"]]);
});

test("a node asks about its own Node and Lease; other objects are forbidden, with an answer", async () => {
  const { edge, events } = reporting();
  events.answer = () => ({ ok: true, object: { kind: "Node", metadata: { name: "n" } } });
  const ask = (namespace: string | undefined, type: string, name: string) =>
    edge.say(objectRequest, {
      operation: "query",
      path: { ...(namespace && { namespace }), type, name },
      content: null,
    });
  ask(undefined, "node", "n");
  ask("kube-node-lease", "lease", "n");
  ask(undefined, "node", "other");
  ask("default", "device", "a");
  await settled();
  const [own, lease, ...refused] = edge
    .taken()
    .map(({ content }) => content as Record<string, Record<string, unknown>>);
  assert.equal(own?.kind, "Node");
  assert.deepEqual(Object.keys(lease ?? {}), ["Object", "Err"]);
  assert.deepEqual(
    refused.map((content) => content.ErrStatus?.reason),
    ["Forbidden", "Forbidden"],
  );
});

test("an object that came as an answer is not sent once more", async () => {
  const { edge, events, content } = reporting();
  const path = { namespace: "default", type: "configmap", name: "c" };
  events.answer = () => ({ ok: true, object: { metadata: { name: "c", uid: "u", resourceVersion: "77" } } });
  edge.say(objectRequest, { operation: "query", path, content: null });
  await settled();
  const [answered] = edge.taken();
  content.put("n", path, { metadata: { uid: "u", resourceVersion: "77" } });
  edge.taken();
  edge.acknowledge(answered);
  assert.equal(events.said.at(-1), "acknowledged n default/configmap/c 77");
  content.put("n", path, { metadata: { uid: "u", resourceVersion: "78" } });
  await settled();
});

test("control messages, questions for devices, uploads and calls are answered as CloudCore's", async () => {
  const { edge, events } = reporting();
  const ping = edge.say(control, { operation: "ping", resource: "/control/ping" });
  const [pong] = edge.taken();
  assert.deepEqual(
    [pong?.header.parentId, pong?.route, pong?.content],
    [ping, { source: "edgehub", group: "control", operation: "response", resource: "/control/ping" }, "ack"],
  );
  edge.say(membershipQuery, {});
  assert.deepEqual(edge.taken({ hints: true }).map(said), ["response twin", "get membership/detail"]);
  edge.say(topicUpload, { topic: "a/b", payload: "x" } as never);
  assert.equal(events.said.at(-1), "upload n a/b");
  edge.say(urlCall, { url: "http://x", request: "{}" });
  await settled();
  assert.equal(edge.taken()[0]?.content, "called http://x");
});

test("a session without a keepalive ends after 30 s, whatever else the edge sends", async () => {
  const { edge, pass } = reporting();
  await pass(edge, 29);
  edge.say(control, { operation: "ping", resource: "x" });
  assert.equal(edge.link.isClosed, false);
  await pass(edge, 1);
  assert.equal(edge.link.closed?.code, closeCodes.silent);
});

test("a session ends when the certificate of its node does", async () => {
  const { connect, clock, pass } = sessionRig();
  const edge = connect({ expiresAt: clock.now() + 3000 });
  await pass(edge, 2);
  assert.equal(edge.link.isClosed, false);
  await pass(edge, 1);
  assert.equal(edge.link.closed?.code, closeCodes.certificate);
});

const hostile: Readonly<Record<string, string>> = {
  "no JSON": "{not json",
  "no object": "[1]",
  "a header that is a text": '{"header":"x"}',
  "depth without end": "[".repeat(100_000),
  "an empty frame": "",
};
for (const [name, text] of Object.entries(hostile))
  test(`a frame that is ${name} ends the session with a reason`, () => {
    const { edge } = reporting();
    edge.session.receive(text);
    assert.equal(edge.link.closed?.code, closeCodes.invalid);
  });

const strange: Readonly<Record<string, string>> = {
  "an empty envelope": '{"header":{"msg_id":"","timestamp":0},"route":{},"content":null}',
  "an unknown group": '{"header":{"msg_id":"x"},"route":{"source":"a","group":"nobody","operation":"b"},"content":{}}',
  "a report without sense": `{"header":{"msg_id":"x"},"route":{"source":"twin","operation":"update","resource":"device/default/a/twin/edge_updated"},"content":{"twin":[]}}`,
  "a value that is no text": `{"header":{"msg_id":"x"},"route":{"source":"twin","operation":"update","resource":"device/default/a/twin/edge_updated"},"content":{"twin":{"t":{"actual":{"value":1}}}}}`,
  "an acknowledgement of nothing": '{"header":{"msg_id":"x","parent_msg_id":"y"},"route":{"operation":"response"}}',
};
for (const [name, text] of Object.entries(strange))
  test(`${name} is ignored and the session goes on`, async () => {
    const { edge, values } = reporting();
    edge.session.receive(text);
    edge.say(twinReport, report("1", 1000));
    await settled();
    assert.deepEqual([edge.link.closed, values()], [undefined, ["1"]]);
  });

test("a null among the values of a report is left out, and the others are stored", async () => {
  const { edge, values } = reporting();
  const twin = '{"bad":null,"t":{"actual":{"value":"1"}}}';
  const resource = "device/default/a/twin/edge_updated";
  edge.session.receive(
    `{"header":{"msg_id":"x"},"route":{"source":"twin","resource":"${resource}"},"content":{"twin":${twin}}}`,
  );
  await settled();
  assert.deepEqual(values(), ["1"]);
});

test("a flood is not read faster than allowed, and nothing of it is lost", async () => {
  const { edge, pass, counters } = reporting({ framesPerSecond: 10, burst: 20 });
  for (let at = 0; at < 30; at++) edge.say(keepalive, {});
  assert.deepEqual([edge.link.isPaused, counters.throttled], [true, 1]);
  await pass(edge, 3);
  assert.equal(edge.link.isPaused, false);
});

test("reading stops while too many reports wait for the store, and goes on after", async () => {
  const { edge, events, pass, values } = reporting({ queued: 4 });
  const waiting: (() => void)[] = [];
  events.store = () => new Promise((resolve) => waiting.push(resolve));
  for (let at = 1; at <= 6; at++) edge.say(twinReport, report(String(at), at));
  assert.equal(edge.link.isPaused, true);
  events.store = async () => {};
  await settled();
  waiting.shift()?.();
  await pass(edge, 1);
  assert.deepEqual([edge.link.isPaused, values().length], [false, 6]);
});
