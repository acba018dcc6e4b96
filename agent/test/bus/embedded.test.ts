import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { test } from "node:test";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { type EmbeddedBusOptions, openEmbeddedBus } from "../../src/bus/embedded.ts";
import { AgentError } from "../../src/errors.ts";
import { TestClient } from "./mqtt-client.ts";

const anyPort = { host: "127.0.0.1", port: 0 };

async function open(options: Partial<EmbeddedBusOptions> = {}) {
  const bus = await openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [anyPort], ...options });
  return { bus, port: bus.endpoints[0]?.port ?? 0, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
}

test("clients may use topics that begin with $hw and $ke, and # does not show them", async () => {
  await using broker = await open();
  await using all = await TestClient.open(broker.port);
  await using some = await TestClient.open(broker.port);
  await all.subscribe("#");
  await some.subscribe("$hw/#", "$ke/events/device/+/data/update");
  await some.publish("$hw/events/device/x/twin/update", "1");
  await some.publish("$ke/events/device/x/data/update", "2");
  await some.publish("plain", "3");
  assert.deepEqual(
    (await some.rest()).map(({ text }) => text),
    ["1", "2"],
  );
  assert.equal((await all.next()).text, "3");
});

test("a persistent session with # is not given $hw messages that came while it was away", async () => {
  await using broker = await open();
  const options = { clientId: "watcher", clean: false };
  const before = await TestClient.open(broker.port, options);
  await before.mqtt.subscribeAsync("#", { qos: 1 });
  await before[Symbol.asyncDispose]();
  await using other = await TestClient.open(broker.port);
  await other.publish("$hw/events/device/x/twin/update", "hidden");
  await other.publish("plain", "seen");
  await using after = await TestClient.open(broker.port, options);
  assert.equal((await after.next()).text, "seen");
});

test("a persistent session gets QoS 1 messages that came while it was away, the newest ones when there were too many", async () => {
  await using broker = await open({ limits: { queuedMessagesPerSession: 3 } });
  const options = { clientId: "sleeper", clean: false };
  const before = await TestClient.open(broker.port, options);
  await before.mqtt.subscribeAsync("plan", { qos: 1 });
  await before[Symbol.asyncDispose]();
  await using other = await TestClient.open(broker.port);
  for (const text of ["1", "2", "3", "4", "5"]) await other.publish("plan", text);
  assert.equal(broker.bus.figures().dropped["offline session"], 2);
  await using after = await TestClient.open(broker.port, options);
  assert.deepEqual(
    [await after.next(), await after.next(), await after.next()].map(({ text }) => text),
    ["3", "4", "5"],
  );
});

test("messages of different quality of service reach a subscriber completely", async () => {
  await using broker = await open();
  await using subscriber = await TestClient.open(broker.port);
  await subscriber.mqtt.subscribeAsync("mixed/#", { qos: 1 });
  await using first = await TestClient.open(broker.port);
  await using second = await TestClient.open(broker.port);
  const sent: Promise<unknown>[] = [];
  for (let index = 0; index < 200; index++) {
    sent.push(first.mqtt.publishAsync(`mixed/first/${index}`, "x", { qos: 1 }));
    sent.push(second.mqtt.publishAsync(`mixed/second/${index}`, "x", { qos: 0 }));
    broker.bus.publish(`mixed/own/${index}`, "x");
  }
  await Promise.all(sent);
  const seen = new Set<string>();
  while (seen.size < 600) seen.add((await subscriber.next()).topic);
  assert.equal(seen.size, 600);
});

test("overlapping subscriptions of one client give one copy", async () => {
  await using broker = await open();
  await using client = await TestClient.open(broker.port);
  await client.subscribe("a/#", "a/b", "+/b");
  broker.bus.publish("a/b", "once");
  assert.equal((await client.rest()).length, 1);
});

test("a keep-alive of zero means that the connection never expires", async () => {
  await using broker = await open();
  await using client = await TestClient.open(broker.port, { keepalive: 0 });
  assert.equal(client.mqtt.connected, true);
  assert.equal(broker.bus.peers().length, 1);
});

test("two ports serve the same clients and topics", async () => {
  await using bus = await openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [anyPort, anyPort] });
  const [first, second] = bus.endpoints;
  await using one = await TestClient.open(first?.port ?? 0);
  await using two = await TestClient.open(second?.port ?? 0);
  await one.subscribe("hello");
  await two.publish("hello", "from the other port");
  assert.equal((await one.next()).text, "from the other port");
});

test("a port in use is refused with its holder and what to do", async () => {
  await using broker = await open();
  const taken = { host: "127.0.0.1", port: broker.port };
  await assert.rejects(openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [taken] }), (error) => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, "START_FAILED");
    assert.match(
      error.message,
      new RegExp(`127\\.0\\.0\\.1:${broker.port}: \\S+ \\(pid ${process.pid}\\) has that port`),
    );
    return true;
  });
});

test("a packet beyond the limit ends its connection before its body arrives, and nobody else's", async () => {
  await using broker = await open({ limits: { packetBytes: 1000 } });
  await using other = await TestClient.open(broker.port);
  await using client = await TestClient.open(broker.port);
  client.mqtt.publish("big", Buffer.alloc(100_000), { qos: 1 }, () => undefined);
  await client.closed;
  await other.publish("small", "x".repeat(900));
});

test("the client beyond the limit is told that the server is unavailable; others go on", async () => {
  await using broker = await open({ limits: { clients: 2 } });
  await using first = await TestClient.open(broker.port);
  await using _second = await TestClient.open(broker.port);
  await assert.rejects(TestClient.open(broker.port), /Server unavailable/i);
  await first.publish("still", "here");
  assert.equal(broker.bus.peers().length, 2);
});

test("a subscription beyond the limit is refused in its acknowledgement", async () => {
  await using broker = await open({ limits: { subscriptionsPerClient: 2 } });
  await using client = await TestClient.open(broker.port);
  await client.subscribe("a", "b");
  const refused = await client.mqtt.subscribeAsync("c").then(
    (granted) => granted.some(({ qos }) => qos > 2),
    () => true,
  );
  assert.equal(refused, true);
  await client.mqtt.unsubscribeAsync("a");
  await client.subscribe("c");
});

test("a client id or a topic filter that is too long is refused", async () => {
  await using broker = await open({ limits: { clientIdLength: 5, filterLength: 5 } });
  await assert.rejects(TestClient.open(broker.port, { clientId: "mapper-7" }), /Identifier rejected/i);
  await using client = await TestClient.open(broker.port, { clientId: "m-7" });
  await client.subscribe("12345");
  const refused = await client.mqtt.subscribeAsync("123456").then(
    (granted) => granted.some(({ qos }) => qos > 2),
    () => true,
  );
  assert.equal(refused, true);
});

test("a subscriber that stops reading loses messages but holds up nobody", async () => {
  await using broker = await open({ limits: { unsentBytesPerClient: 10_000 } });
  const socket = connectSocket(broker.port, "127.0.0.1");
  // CONNECT with client id "s", clean session, then SUBSCRIBE to "flood" with QoS 0 (MQTT 3.1.1 clauses 3.1 and 3.8).
  socket.write(Buffer.from("100d00044d5154540402000000017382" + "0a00010005666c6f6f6400", "hex"));
  await once(socket, "readable");
  socket.pause();
  await using publisher = await TestClient.open(broker.port);
  const text = "x".repeat(50_000);
  for (let index = 0; broker.bus.figures().dropped["slow client"] === 0; index++) {
    assert.ok(index < 2000, "nothing was dropped");
    await publisher.publish("flood", text);
  }
  socket.destroy();
});

test("a retained message waits for later subscribers until it is emptied", async () => {
  await using broker = await open();
  broker.bus.publish("state", "on", { retain: true, qos: 1 });
  await using early = await TestClient.open(broker.port);
  await early.subscribe("state");
  const message = await early.next();
  assert.deepEqual([message.text, message.retain], ["on", true]);
  broker.bus.publish("state", "", { retain: true, qos: 1 });
  await using late = await TestClient.open(broker.port);
  await late.subscribe("state");
  assert.deepEqual(await late.rest(), []);
});

test("peers are shown with what they listen to, until they leave", async () => {
  await using broker = await open();
  const client = await TestClient.open(broker.port, { clientId: "mapper-7" });
  await client.subscribe("$hw/events/device/x/twin/update/delta");
  const [peer] = broker.bus.peers();
  assert.equal(peer?.client, "mapper-7");
  assert.deepEqual(peer?.subscriptions, ["$hw/events/device/x/twin/update/delta"]);
  assert.equal(broker.bus.hasSubscribers("$hw/events/device/x/twin/update/delta"), true);
  assert.equal(broker.bus.hasSubscribers("$hw/events/device/x/twin/update/result"), false);
  await client[Symbol.asyncDispose]();
  await using other = await TestClient.open(broker.port);
  await other.publish("a", "round trip");
  assert.equal(broker.bus.hasSubscribers("$hw/events/device/x/twin/update/delta"), false);
});

test("a client with the id of another one takes its place", async () => {
  await using broker = await open();
  await using first = await TestClient.open(broker.port, { clientId: "zhangjie-test" });
  await using _second = await TestClient.open(broker.port, { clientId: "zhangjie-test" });
  await first.closed;
  assert.equal(broker.bus.peers().length, 1);
});
