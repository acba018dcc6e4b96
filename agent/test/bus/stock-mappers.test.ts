import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { openEmbeddedBus } from "../../src/bus/embedded.ts";
import { connectTwinTopics } from "../../src/bus/twin-topics.ts";
import { TestClient } from "./mqtt-client.ts";
import { FakeGpio } from "./peers/fake-gpio.ts";
import { lampsOff, led, light, openStockAgent } from "./stock-agent.ts";

const { id } = light;

/** An agent with its own broker, which can be restarted on the same port. */
async function openAgent() {
  const scope = new Scope();
  const open = (port: number) =>
    openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [{ host: "127.0.0.1", port }] });
  let bus = await open(0);
  scope.defer(() => bus[Symbol.asyncDispose]());
  const port = bus.endpoints[0]?.port ?? 0;
  const agent = scope.use(await openStockAgent(bus, `mqtt://127.0.0.1:${port}`));
  return {
    ...agent,
    port,
    /** Sessions are gone afterwards, twins are not. */
    restartBroker: async () => {
      await bus[Symbol.asyncDispose]();
      bus = await open(port);
      scope.use(connectTwinTopics({ bus, core: agent.core }));
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

test("the stock traffic-light mapper reads the profile, lives, and follows the desired values", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  assert.deepEqual(agent.gpio.calls, ["mode 25 output", "mode 24 output", "mode 23 output"]);
  await mapper.until({ reports: 1 });

  await agent.core.desire(id, { red: "ON" });
  await agent.gpio.until(25, 1);
  assert.equal(agent.phase("red"), "pending", "the driver alone is no confirmation");
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 2 });
  assert.equal(agent.core.reported(id, "red"), "ON");
  assert.equal(agent.phase("red"), "verified");

  await agent.core.desire(id, { red: "OFF", green: "ON" });
  await agent.gpio.until(23, 1);
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 3 });
  assert.deepEqual([agent.phase("red"), agent.phase("green")], ["verified", "verified"]);
  assert.equal(mapper.exit, undefined);
  assert.deepEqual(agent.gpio.calls.slice(3), ["write 25 1", "write 25 0", "write 23 1"]);
});

test("a command that came while the traffic-light mapper was down reaches it when it starts", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  await agent.core.desire(id, { yellow: "ON" });
  const mapper = await agent.startLight();
  await agent.gpio.until(24, 1);
  assert.equal(mapper.exit, undefined);
});

test("the traffic-light mapper survives a restart of the broker and is told what changed meanwhile", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  await mapper.until({ reports: 1 });
  await agent.restartBroker();
  await agent.core.desire(id, { red: "ON" });
  await mapper.until({ subscriptions: 2 });
  await agent.gpio.until(25, 1);
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 2 });
  assert.equal(agent.phase("red"), "verified");
});

test("a lamp without a desired value would kill the traffic-light mapper: it is told nothing it cannot survive", async () => {
  // The peculiarity itself, so that the guarantee below is worth something.
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  await using intruder = await TestClient.open(agent.port);
  const partial = { twin: { red: { expected: { value: "ON" } } }, delta: { red: "ON" } };
  await intruder.publish("$hw/events/device/traffic-light-instance-01/twin/update/delta", partial);
  assert.deepEqual((await mapper.exited).code, 2);
});

test("every delta of the agent names every lamp that has a desired value, whichever one changed", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  for (const values of [{ red: "ON" }, { yellow: "ON" }, { red: "OFF" }, { green: "ON", yellow: "OFF" }]) {
    await agent.core.desire(id, values);
    await agent.mapperClock.advance(3000);
  }
  await agent.gpio.until(23, 1);
  await mapper.until({ reports: 5 });
  assert.equal(mapper.exit, undefined);
});

test("the traffic-light mapper ignores what it does not know, and the agent keeps telling", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  const mapper = await agent.startLight();
  await mapper.until({ reports: 1 });
  await agent.core.desire(id, { red: "on" });
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 2 });
  await agent.mapperClock.advance(3000);
  await mapper.until({ reports: 3 });
  assert.ok(mapper.output.length >= 2);
  assert.equal(agent.gpio.level(25), 0);
  assert.equal(agent.phase("red"), "pending");
});

test("the traffic-light mapper ends with 1 where the stock one does", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(light, lampsOff);
  await agent.file.settled();
  const nobody = await agent.startLight({ url: "mqtt://127.0.0.1:1" });
  assert.equal((await nobody.exited).code, 1);
  const missing = await agent.startLight({ profilePath: `${agent.profilePath}.missing` });
  assert.equal(missing.exit?.code, 1);
  const broken = await agent.startLight({ gpio: new FakeGpio({ broken: true }) });
  assert.match(broken.exit?.reason ?? "", /gpio: command not found/);
  const textPin = {
    deviceModels: [{ name: "Traffic-Light", properties: [{ name: "RED-pin-number", defaultValue: "25" }] }],
  };
  const numericTime = { deviceInstances: [{ twins: [{ reported: { value: "OFF", metadata: { timestamp: 5 } } }] }] };
  for (const [index, profile] of [textPin, numericTime].entries()) {
    const profilePath = `${agent.profilePath}.${index}`;
    await writeFile(profilePath, JSON.stringify(profile));
    assert.equal((await agent.startLight({ profilePath })).exit?.code, 1, JSON.stringify(profile));
  }
});

test("the stock led-raspberrypi mapper asks, drives its pin and reports, whoever wins its race", async () => {
  for (const first of ["subscription", "question"] as const) {
    await using agent = await openAgent();
    await agent.core.addDevice(led, { "power-status": "ON" });
    const mapper = await agent.startLed({ first });
    await agent.gpio.until(18, 1);
    await mapper.until({ reports: 1 });
    assert.equal(agent.core.reported(led.id, "power-status"), "ON");
    assert.equal(agent.core.engine.device(led.id)?.health.state, "online");

    await agent.core.desire(led.id, { "power-status": "off" });
    const { answers } = mapper;
    await agent.mapperClock.advance(1000);
    await mapper.until({ answers: answers + 1 });
    await agent.gpio.until(18, 0);
    assert.equal(mapper.exit, undefined);
  }
});

test("the led-raspberrypi mapper whose first question is lost is answered when it subscribes again", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(led, { "power-status": "ON" });
  await agent.startLed({ loseFirstQuestion: true });
  await agent.mapperClock.advance(1000);
  await agent.gpio.until(18, 1);
});

test("the question of the led-raspberrypi mapper is not taken for a report", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(led, {});
  const mapper = await agent.startLed();
  await mapper.until({ answers: 1 });
  assert.equal(agent.core.reported(led.id, "power-status"), undefined);
  assert.equal(mapper.exit, undefined);
});

test("a led-raspberrypi mapper for an unknown device has an empty id and gets no answer, and the agent does not mind", async () => {
  await using agent = await openAgent();
  await agent.core.addDevice(led, { "power-status": "ON" });
  const mapper = await agent.startLed({ device: "another" });
  await agent.mapperClock.advance(1000);
  await using client = await TestClient.open(agent.port);
  await client.publish("$hw/events/device/led-light-instance-01/twin/get", {});
  assert.equal(mapper.answers, 0);
  assert.equal(mapper.exit, undefined);
});
