import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import type { Bus, BusMessage } from "../../src/bus/bus.ts";
import { openEmbeddedBus } from "../../src/bus/embedded.ts";
import { type ExternalBusOptions, openExternalBus } from "../../src/bus/external.ts";
import { connectTwinTopics } from "../../src/bus/twin-topics.ts";
import { AgentError } from "../../src/errors.ts";
import { TestClient } from "./mqtt-client.ts";
import { createTestCore } from "./test-node.ts";

/** Somebody else's broker: ours, on a port that survives its restarts. */
async function openBroker(port = 0) {
  const bus = await openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [{ host: "127.0.0.1", port }] });
  return { port: bus.endpoints[0]?.port ?? 0, bus, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
}

function openBus(port: number, options: Partial<ExternalBusOptions> = {}): Bus {
  const url = `mqtt://127.0.0.1:${port}`;
  return openExternalBus({ url, node: "pi", clock: systemClock, log: silentLog, ...options });
}

const connected = (bus: Bus) =>
  new Promise<void>((resolve) => {
    const stop = bus.onConnected(() => {
      stop();
      resolve();
    });
  });

test("a client id that would throw a stock mapper out is refused", () => {
  assert.throws(
    () => openBus(1883, { clientId: "eventbus" }),
    (error) => {
      assert.ok(error instanceof AgentError);
      assert.equal(error.code, "CONFIG_INVALID");
      assert.match(error.message, /"eventbus" belongs to KubeEdge's led-raspberrypi mapper/);
      return true;
    },
  );
});

test("a URL that is no broker is refused", () => {
  for (const url of ["127.0.0.1:1883", "http://127.0.0.1", "mqtt:/x"]) {
    assert.throws(() => openBus(1883, { url }), /is no MQTT broker; write it as mqtt:\/\//);
  }
});

test("messages come and go, subscriptions are shared and released", async () => {
  await using broker = await openBroker();
  await using bus = openBus(broker.port);
  const heard: BusMessage[] = [];
  const stops = [1, 2].map(() => bus.subscribe("question/+", (message) => void heard.push(message)));
  await connected(bus);
  await using client = await TestClient.open(broker.port);
  await client.subscribe("answer");
  await client.publish("question/1", "?");
  bus.publish("answer", "42");
  assert.equal((await client.next()).text, "42");
  assert.equal(heard.length, 2);
  for (const stop of stops) stop();
  assert.deepEqual(bus.peers(), []);
});

test("it finds back to a broker that was away, with its subscriptions, on the injected clock", async () => {
  const clock = new ManualClock();
  const first = await openBroker();
  await using bus = openBus(first.port, { clock, random: () => 1, backoff: { firstMs: 1000, capMs: 30_000 } });
  const heard: string[] = [];
  let wake = () => {};
  bus.subscribe("in", (message) => {
    heard.push(Buffer.from(message.payload).toString());
    wake();
    return undefined;
  });
  await connected(bus);
  assert.deepEqual(bus.condition(), { state: "ok" });
  await first[Symbol.asyncDispose]();
  await timerSet(clock);
  const condition = bus.condition();
  assert.equal(condition.state, "disconnected");
  assert.equal(clock.nextDueMs, 1000);
  bus.publish("lost", "nobody queues this");
  assert.equal(bus.figures().dropped.disconnected, 1);
  assert.equal(bus.hasSubscribers("x"), false);

  await clock.advance(1000);
  await timerSet(clock);
  assert.equal(clock.nextDueMs, 2000, "the delay doubles");

  await using second = await openBroker(first.port);
  const again = connected(bus);
  await clock.advance(2000);
  await again;
  await using client = await TestClient.open(second.port);
  const arrived = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await client.publish("in", "hello again");
  await arrived;
  assert.deepEqual(heard, ["hello again"]);
  await client.subscribe("lost");
  assert.deepEqual(await client.rest(), []);
});

test("a retained change is not made again on every reconnect", async () => {
  await using broker = await openBroker();
  await using client = await TestClient.open(broker.port);
  await client.mqtt.publishAsync("change", "old", { qos: 1, retain: true });
  await using bus = openBus(broker.port);
  const heard: string[] = [];
  const last = new Promise<void>((resolve) => {
    bus.subscribe("#", (message) => {
      heard.push(Buffer.from(message.payload).toString());
      resolve();
      return undefined;
    });
  });
  await connected(bus);
  await client.publish("change", "new");
  await last;
  assert.deepEqual(heard, ["new"]);
});

test("after a reconnect every difference is told again, in both forms", async () => {
  await using scope = new Scope();
  const core = scope.use(createTestCore());
  await core.addDevice({ id: "default/lamp" });
  const topic = "$hw/events/device/lamp/twin/update";
  const broker = scope.use(await openBroker());
  const client = scope.use(await TestClient.open(broker.port));
  await client.subscribe("$hw/events/device/+/twin/update/delta", "$hw/events/device/+/+/twin/update/delta");
  const origin = { door: "rest", actor: "operator" } as const;
  const announced = { power: "STRING" } as const;
  const desired = { power: { text: "ON" } };
  await core.engine.submit("default/lamp", { kind: "change", at: core.clock.now(), origin, announced, desired });
  const bus = scope.use(openBus(broker.port));
  scope.use(connectTwinTopics({ bus, core }));
  const deltas = await client.take(2);
  assert.deepEqual(
    deltas.map(([name]) => name),
    ["$hw/events/device/default/lamp/twin/update/delta", `${topic}/delta`],
  );
  assert.deepEqual(deltas[0]?.[1].delta, { power: "ON" });
});

test("the answer to twin/get is repeated once where nobody tells who subscribes", async () => {
  await using scope = new Scope();
  const clock = new ManualClock();
  const core = scope.use(createTestCore(clock));
  await core.addDevice({ id: "default/lamp" });
  const broker = scope.use(await openBroker());
  const bus = scope.use(openBus(broker.port, { clock }));
  scope.use(connectTwinTopics({ bus, core }));
  await connected(bus);
  const client = scope.use(await TestClient.open(broker.port));
  await client.subscribe("$hw/events/device/lamp/twin/get/result");
  await client.publish("$hw/events/device/lamp/twin/get", { event_id: "g" });
  await client.take(1);
  await clock.advance(250);
  assert.equal((await client.take(1))[0]?.[1].event_id, "g");
  await clock.advance(10_000);
  assert.deepEqual(await client.rest(), []);
});

/** Waits until the bus noticed a failed connection: the next attempt is a timer on `clock`. */
async function timerSet(clock: ManualClock): Promise<void> {
  while (clock.timers === 0) await new Promise<void>((resolve) => setImmediate(resolve));
}
