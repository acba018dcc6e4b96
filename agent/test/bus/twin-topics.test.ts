import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestNode } from "./test-node.ts";
import { modelOf } from "./test-registry.ts";

const light = modelOf("traffic-light", [
  { name: "red", type: "STRING", accessMode: "ReadWrite" },
  { name: "yellow", type: "STRING", accessMode: "ReadWrite" },
  { name: "green", type: "STRING", accessMode: "ReadWrite" },
]);
const off = { red: "OFF", yellow: "OFF", green: "OFF" };
const id = "default/light-1";
const report = (values: Record<string, string>) => ({
  event_id: "",
  timestamp: 0,
  twin: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { actual: { value }, metadata: { type: "Updated" } }]),
  ),
});

test("a report is answered with result, document and delta in this order, the result in the form of the request", async () => {
  for (const form of ["light-1", "default/light-1"]) {
    await using node = await openTestNode();
    await node.core.addDevice({ id, model: light }, { ...off, red: "ON" });
    const mapper = await node.client();
    await mapper.publish("$hw/events/device/light-1/twin/update", report(off));
    const client = await (await node.client()).subscribe("$hw/events/device/light-1/#", `$hw/events/device/${id}/#`);
    const topic = (ending: string) => `$hw/events/device/${form}/twin/update${ending}`;
    await client.publish(topic(""), { event_id: "e1", twin: { red: { actual: { value: "OFF" } } } });

    const messages = await client.take(6);
    const topics = messages.map(([name]) => name);
    const both = (ending: string) => [id, "light-1"].map((each) => `$hw/events/device/${each}/twin/update/${ending}`);
    assert.deepEqual(topics, [topic(""), topic("/result"), ...both("document"), ...both("delta")]);
    const result = messages[1]?.[1];
    assert.equal(result?.event_id, "e1");
    assert.deepEqual(Object.keys((result?.twin ?? {}) as object), ["red"]);
    assert.deepEqual(messages[4]?.[1].delta, { red: "ON" });
    assert.deepEqual(Object.keys(messages[4]?.[1].twin as object), ["red", "yellow", "green"]);
    assert.deepEqual(await client.rest(), []);
  }
});

test("the acknowledgement of an update comes only after the change is stored", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const client = await node.client();
  node.core.store.hold();
  let acknowledged = false;
  const update = client.publish("$hw/events/device/light-1/twin/update", report({ red: "ON" })).then(() => {
    acknowledged = true;
  });
  const other = await node.client();
  await other.publish("test/other", "a round trip through the broker");
  assert.equal(acknowledged, false);
  assert.equal(node.core.reported(id, "red"), undefined);
  node.core.store.letGo();
  await update;
  assert.equal(node.core.reported(id, "red"), "ON");
});

test("a desired value from any door gives the delta at once, and again after every report until it is there", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const mapper = await node.client();
  await mapper.publish("$hw/events/device/light-1/twin/update", report(off));
  await mapper.subscribe("$hw/events/device/light-1/twin/update/delta");

  await node.core.desire(id, { red: "ON" });
  const [[, first] = []] = await mapper.take(1);
  assert.deepEqual(first?.delta, { red: "ON" });
  await mapper.publish("$hw/events/device/light-1/twin/update", report(off));
  const [[, again] = []] = await mapper.take(1);
  assert.deepEqual(again?.delta, { red: "ON" });
  await mapper.publish("$hw/events/device/light-1/twin/update", report({ ...off, red: "ON" }));
  await mapper.publish("$hw/events/device/light-1/twin/update", report({ ...off, red: "ON" }));
  assert.deepEqual(await mapper.rest(), []);
  assert.equal(node.core.engine.device(id)?.twins.get("red")?.progress?.phase, "verified");
});

test("a mapper that starts to listen is told at once what it missed", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, { ...off, green: "ON" });
  const mapper = await (await node.client()).subscribe("$hw/events/device/light-1/twin/update/delta");
  const [[topic, delta] = []] = await mapper.take(1);
  assert.equal(topic, "$hw/events/device/light-1/twin/update/delta");
  assert.deepEqual(delta?.delta, { ...off, green: "ON" });
});

test("an equal report is answered and documented, but not written", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const client = await node.client();
  await client.publish("$hw/events/device/light-1/twin/update", report(off));
  const before = node.core.store.commits.length;
  await client.subscribe("$hw/events/device/light-1/twin/update/+");
  await client.publish("$hw/events/device/light-1/twin/update", report(off));
  const topics = (await client.take(2)).map(([topic]) => topic.split("/").at(-1));
  assert.deepEqual(topics, ["result", "document"]);
  assert.equal(node.core.store.commits.length, before);
});

test("of many updates sent back to back the last one wins, and results keep their order", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id: "default/meter" });
  const client = await (await node.client()).subscribe("$hw/events/device/meter/twin/update/result");
  const topic = "$hw/events/device/meter/twin/update";
  const values = Array.from({ length: 200 }, (_, index) => String(index));
  await Promise.all(
    values.map((value) =>
      client.publish(topic, { event_id: value, twin: { count: { actual: { value }, metadata: { type: "int" } } } }),
    ),
  );
  const results = await client.take(values.length);
  assert.deepEqual(
    results.map(([, { event_id: eventId }]) => eventId),
    values,
  );
  assert.equal(node.core.reported("default/meter", "count"), 199n);
});

test("refusals say code and reason on the device's own topic, and change nothing", async () => {
  await using node = await openTestNode();
  const model = modelOf("lamp", [
    { name: "power", type: "STRING", accessMode: "ReadWrite" },
    { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "100" },
    { name: "serial", type: "STRING", accessMode: "ReadOnly" },
  ]);
  await node.core.addDevice({ id: "default/lamp", model });
  const client = await (await node.client()).subscribe("$hw/events/device/+/twin/update/result");
  const cases: [twin: unknown, code: number, reason: RegExp, unreadable: boolean][] = [
    [{ level: { expected: { value: "101" } } }, 400, /level.*101/, false],
    [{ level: { expected: { value: "warm" } } }, 400, /level.*"warm"/, false],
    [{ serial: { expected: { value: "x" } } }, 400, /serial is read-only/, false],
    [{ power: { actual: { value: "ON" } }, level: { actual: { value: "x" } } }, 400, /level/, false],
    [{ power: { actual: { value: 5 } } }, 400, /twin\.power\.actual\.value must be text, not number 5/, true],
    [{ power: { actual: "ON" } }, 400, /twin\.power\.actual must be an object/, true],
    [{ power: "ON" }, 400, /twin\.power must be an object or null/, true],
    [{ "a b": { actual: { value: "1" } } }, 400, /"a b" cannot become a twin/, true],
    [{ fresh: { actual: { value: "1" }, metadata: { type: "strng" } } }, 400, /did you mean "string"\?/, false],
    [undefined, 400, /no "twin"/, true],
    [[], 400, /twin must be an object.*not an array/, true],
  ];
  for (const [twin, code, reason, unreadable] of cases) {
    await client.publish("$hw/events/device/lamp/twin/update", { event_id: "e", twin });
    const answers = await client.take(unreadable ? 2 : 1);
    const [topic, answer] = answers[0] ?? [];
    assert.equal(topic, "$hw/events/device/lamp/twin/update/result");
    assert.equal(answer?.event_id, "e");
    assert.equal(answer?.code, code, JSON.stringify(twin));
    assert.match(String(answer?.reason), reason);
    if (unreadable) {
      assert.equal(answers[1]?.[0], "$hw/events/device//twin/update/result");
      assert.equal(answers[1]?.[1].reason, answer?.reason);
    }
  }
  for (const twin of node.core.engine.device("default/lamp")?.twins.values() ?? []) {
    assert.equal(twin.reported, undefined);
    assert.equal(twin.desired, undefined);
  }
});

test("a payload that is no JSON object is refused on both error topics", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const client = await (await node.client()).subscribe("$hw/events/device/+/twin/update/result");
  for (const payload of ["hello", "", "[]", "3", "null", '{"twin":', '{"event_id":5,"twin":{}}']) {
    await client.publish("$hw/events/device/light-1/twin/update", payload);
    const [[own, answer] = [], [empty] = []] = await client.take(2);
    assert.equal(own, "$hw/events/device/light-1/twin/update/result");
    assert.equal(empty, "$hw/events/device//twin/update/result");
    assert.equal(answer?.code, 400);
  }
});

test("a store that takes no writes is answered with code 500 and its reason", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  node.core.store.fill();
  const client = await (await node.client()).subscribe("$hw/events/device/light-1/twin/update/result");
  await client.publish("$hw/events/device/light-1/twin/update", report({ red: "ON" }));
  const [[, answer] = []] = await client.take(1);
  assert.equal(answer?.code, 500);
  assert.match(String(answer?.reason), /disk is full/);
});

test("devices of other namespaces have the long form only", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id: "lab/light-1", model: light }, off);
  const client = await (await node.client()).subscribe(
    "$hw/events/device/+/twin/get/result",
    "$hw/events/device/+/+/twin/get/result",
  );
  await client.publish("$hw/events/device/light-1/twin/get", {});
  await client.publish("$hw/events/device/lab/light-1/twin/get", {});
  const [[, short] = [], [, long] = []] = await client.take(2);
  assert.equal(short?.code, 404);
  assert.match(String(short?.reason), /default\/light-1/);
  assert.deepEqual(Object.keys(long?.twin as object), ["red", "yellow", "green"]);
});

test("twin/get applies nothing, and shows versions and progress", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const client = await (await node.client()).subscribe("$hw/events/device/light-1/twin/get/result");
  await client.publish("$hw/events/device/light-1/twin/get", {
    event_id: "g",
    twin: { red: { actual: { value: "ON" } } },
  });
  const [[, answer] = []] = await client.take(1);
  const { red } = (answer?.twin ?? {}) as Record<string, Record<string, unknown>>;
  assert.equal(answer?.event_id, "g");
  assert.equal(red?.actual, undefined);
  assert.deepEqual(red?.expected_version, { cloud: 0, edge: 1 });
  assert.deepEqual(red?.progress, { phase: "pending", version: 1 });
});

test("a client that subscribes to the answer after it asked, or once more, is told the twins again", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const answers = "$hw/events/device/light-1/twin/get/result";
  const late = await node.client({ clientId: "late" });
  await late.publish("$hw/events/device/light-1/twin/get", { event_id: "early bird" });
  await late.subscribe(answers);
  const [[, answer] = []] = await late.take(1);
  assert.equal(answer?.event_id, "early bird");

  const waiting = await (await node.client({ clientId: "waiting" })).subscribe(answers);
  assert.deepEqual(await waiting.rest(), [], "the first subscription alone is no question");
  await waiting.subscribe(answers);
  assert.equal((await waiting.take(1)).length, 1);
  assert.deepEqual(await late.rest(), [], "the repetition is for the one that waits");
});

test("an optional twin is announced, withdrawn with null and announced with another type", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id: "default/box" });
  const topic = "$hw/events/device/box/twin/update";
  const client = await (await node.client()).subscribe(`${topic}/result`);
  await client.publish(topic, { twin: { f: { actual: { value: "1.5" }, metadata: { type: "float" } } } });
  await client.publish(topic, { twin: { f: null } });
  await client.publish(topic, { twin: { f: { actual: { value: "text" } } } });
  const twins = (await client.take(3)).map(([, { twin }]) => (twin as Record<string, unknown>).f);
  assert.deepEqual(
    twins.map((twin) => (twin === null ? null : (twin as { metadata: { type: string } }).metadata.type)),
    ["float", null, "string"],
  );
});

test("names like __proto__ are names", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id: "default/box" });
  const topic = "$hw/events/device/box/twin/update";
  const client = await (await node.client()).subscribe(`${topic}/result`);
  await client.publish(topic, '{"twin":{"__proto__":{"actual":{"value":"1"}},"constructor":{"actual":{"value":"2"}}}}');
  await client.take(1);
  assert.equal(node.core.reported("default/box", "__proto__"), "1");
  assert.equal(node.core.reported("default/box", "constructor"), "2");
});

test("state/update is stored and answered with both words for the time", async () => {
  await using node = await openTestNode();
  await node.core.addDevice({ id, model: light }, off);
  const topic = "$hw/events/device/light-1/state/update";
  const client = await (await node.client()).subscribe(`${topic}/result`);
  await client.publish(topic, { event_id: "s1", state: "OK" });
  await client.publish(topic, { event_id: "s2", state: "sleeping" });
  await client.publish(topic, { event_id: "s3", state: "offlin" });
  await client.publish(topic, "hello");
  const [[, ok] = [], [, bad] = [], [, near] = [], [, text] = []] = await client.take(4);
  const device = ok?.device as Record<string, string>;
  assert.equal(ok?.event_id, "s1");
  assert.equal(device.name, "light-1");
  assert.equal(device.state, "ok");
  assert.match(device.lastOnlineTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(device.last_online, device.lastOnlineTime);
  assert.equal(bad?.code, 400);
  assert.match(String(near?.reason), /did you mean "offline"/);
  assert.equal(text?.code, 400);
  assert.equal(node.core.engine.device(id)?.health.state, "ok");
});

test("membership tells who is here, who came and who went", async () => {
  await using node = await openTestNode();
  const client = await (await node.client()).subscribe(
    "$hw/events/node/rec-mqtt/membership/updated",
    "$hw/events/node/rec-mqtt/membership/get/result",
  );
  await node.core.addDevice({ id, model: light, labels: { description: "my-device" } }, off);
  await node.core.addDevice({ id, model: light, labels: { description: "my-device" } });
  await client.publish("$hw/events/node/other/membership/get", { event_id: "m1" });
  node.core.removeDevice(id);
  await client.publish("$hw/events/node/rec-mqtt/membership/get", "hello");
  const [[, added] = [], [, list] = [], [, removed] = [], [, bad] = []] = await client.take(4);
  const member = { id, name: "light-1", description: "my-device" };
  assert.deepEqual(added?.added_devices, [member]);
  assert.equal(added?.removed_devices, null);
  assert.equal(list?.event_id, "m1");
  assert.deepEqual(list?.devices, [member]);
  assert.deepEqual(removed?.removed_devices, [member]);
  assert.equal(bad?.code, 400);
});
