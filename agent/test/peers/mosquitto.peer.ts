import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import type { Bus } from "../../src/bus/bus.ts";
import { openExternalBus } from "../../src/bus/external.ts";
import { lampsOff, led, light, openStockAgent } from "../bus/stock-agent.ts";
import { openTestNode } from "../bus/test-node.ts";
import { Mosquitto, mosquittoClient } from "./mosquitto.ts";

const topic = "$hw/events/device/traffic-light-instance-01";

test("mosquitto_pub changes a twin and mosquitto_sub watches it over our broker", async () => {
  await using node = await openTestNode();
  await node.core.addDevice(light, lampsOff);
  const host = ["-h", "127.0.0.1", "-p", String(node.port)];
  const subscribed = new Promise<void>((resolve) => {
    node.bus.onSubscribed((_client, filter) => {
      if (filter.endsWith("#")) resolve();
    });
  });
  // The request itself, result, document, and delta, because the lamps have not reported.
  const watching = mosquittoClient("mosquitto_sub", [...host, "-t", `${topic}/#`, "-C", "4", "-W", "20", "-v"]);
  await Promise.race([subscribed, watching]);
  const change = JSON.stringify({ event_id: "1", twin: { red: { expected: { value: "ON" } } } });
  await mosquittoClient("mosquitto_pub", [...host, "-q", "1", "-t", `${topic}/twin/update`, "-m", change]);
  const lines = (await watching).trim().split("\n");
  const topics = lines.map((line) => line.slice(0, line.indexOf(" ")).replace(`${topic}/`, ""));
  assert.deepEqual(topics, ["twin/update", "twin/update/result", "twin/update/document", "twin/update/delta"]);
  assert.deepEqual(JSON.parse(lines[3]?.slice(lines[3].indexOf(" ")) ?? "").delta, { ...lampsOff, red: "ON" });
  assert.equal(node.core.engine.device(light.id)?.twins.get("red")?.desired?.value, "ON");
});

test("mosquitto_pub learns with QoS 1 that the change is stored, and mosquitto_sub of # sees none of it", async () => {
  await using node = await openTestNode();
  await node.core.addDevice(light, lampsOff);
  const host = ["-h", "127.0.0.1", "-p", String(node.port)];
  const report = JSON.stringify({ twin: { green: { actual: { value: "ON" } } } });
  const subscribed = new Promise<void>((resolve) => {
    node.bus.onSubscribed(() => resolve());
  });
  const watching = mosquittoClient("mosquitto_sub", [...host, "-t", "#", "-C", "1", "-W", "20", "-v"]);
  await Promise.race([subscribed, watching]);
  await mosquittoClient("mosquitto_pub", [...host, "-q", "1", "-t", `${topic}/twin/update`, "-m", report]);
  assert.equal(node.core.reported(light.id, "green"), "ON");
  await mosquittoClient("mosquitto_pub", [...host, "-t", "plain", "-m", "end"]);
  assert.equal((await watching).trim(), "plain end");
});

/** Agent and stock mappers around a mosquitto. */
async function openAround() {
  const scope = new Scope();
  const broker = scope.use(await Mosquitto.open());
  const backoff = { firstMs: 10, capMs: 50 };
  const bus = scope.use(openExternalBus({ url: broker.url, node: "pi", clock: systemClock, log: silentLog, backoff }));
  const up = connected(bus);
  const agent = scope.use(await openStockAgent(bus, broker.url));
  await up;
  return { broker, bus, agent, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}

const connected = (bus: Bus) =>
  new Promise<void>((resolve) => {
    const stop = bus.onConnected(() => {
      stop();
      resolve();
    });
  });

test("the stock traffic-light mapper follows the desired values through mosquitto", async () => {
  await using around = await openAround();
  const { agent } = around;
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  await mapper.until({ reports: 1 });
  await agent.core.desire(light.id, { red: "ON" });
  await agent.gpio.until(25, 1);
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 2 });
  await phaseIs(agent, "red", "verified");
  assert.equal(mapper.exit, undefined);
});

test("agent and traffic-light mapper find each other again after mosquitto was restarted", async () => {
  await using around = await openAround();
  const { agent, broker, bus } = around;
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  await mapper.until({ reports: 1 });
  await broker.stop();
  await agent.core.desire(light.id, { green: "ON" });
  const again = connected(bus);
  await broker.start();
  await again;
  await mapper.until({ subscriptions: 2 });
  // What was told before it listened is told again after its next report.
  await agent.mapperClock.advance(3000);
  await agent.gpio.until(23, 1);
  await agent.mapperClock.advance(3000);
  await phaseIs(agent, "green", "verified");
  assert.equal(mapper.exit, undefined);
});

test("the stock led-raspberrypi mapper is answered through mosquitto, also when its question overtakes its subscription", async () => {
  for (const first of ["subscription", "question"] as const) {
    await using around = await openAround();
    const { agent } = around;
    await agent.core.addDevice(led, { "power-status": "ON" });
    const mapper = await agent.startLed({ first });
    await agent.gpio.until(18, 1);
    await mapper.until({ reports: 1 });
    assert.equal(mapper.exit, undefined);
  }
});

/** Waits until the desired value of a lamp stands where it should. */
function phaseIs(agent: Awaited<ReturnType<typeof openStockAgent>>, lamp: string, phase: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = agent.core.engine.onApplied(() => check());
    const check = () => {
      if (agent.phase(lamp) !== phase) return;
      stop();
      resolve();
    };
    check();
  });
}
