import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import type { SinkPeer } from "@edgetwin/mapper-sdk/testing";
import { connectAsync, type MqttClient } from "mqtt";
import type { SinkJson } from "../../src/api/routes/sinks.ts";
import { freePort } from "../support/free-port.ts";
import { RealAgent } from "../support/real-agent.ts";
import { httpFarEnd } from "./support/http-far-end.ts";
import { jsonService } from "./support/http-services.ts";

const kills = Number(process.env.EDGETWIN_CRASH_RUNS ?? 5);
const flushMs = 100;

const meter = (http: Readonly<Record<string, unknown>>) => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: meter }
spec: { properties: [{ name: level, type: INT, accessMode: ReadOnly, unit: l }] }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: meter-01 }
spec:
  deviceModelRef: { name: meter }
  properties:
    - { name: level, reportCycle: 10, pushMethod: { http: ${JSON.stringify(http)} } }
`;

/** An agent whose meter reports over MQTT and pushes to `peer`. */
async function meteredAgent(peer: SinkPeer): Promise<RealAgent> {
  const agent = new RealAgent(await freePort(), { manifests: ["meter.yaml"], store: { flush: flushMs } });
  writeFileSync(join(agent.directory, "meter.yaml"), meter(peer.config));
  await agent.start();
  return agent;
}

async function reporter(agent: RealAgent): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, { reconnectPeriod: 0 });
  return client.on("error", () => undefined);
}

const report = (client: MqttClient, value: number) =>
  client.publishAsync(
    "$hw/events/device/default/meter-01/twin/update",
    JSON.stringify({ event_id: String(value), timestamp: 0, twin: { level: { actual: { value: String(value) } } } }),
    { qos: 1 },
  );

async function sinkOf(agent: RealAgent): Promise<SinkJson | undefined> {
  return (await agent.client.request<{ items: readonly SinkJson[] }>("/api/v1/sinks")).items[0];
}

/** Asks again until the answer is right; fails after ten seconds with the last one. */
async function until<T>(ask: () => PromiseLike<T> | T, isRight: (answer: T) => boolean): Promise<T> {
  const end = systemClock.monotonic() + 10_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    assert.ok(systemClock.monotonic() < end, `still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const valuesOf = async (peer: SinkPeer) => (await peer.arrived()).map(({ value }) => Number(value));

/** Reports numbers one by one, so that each is taken in a cycle of its own. */
async function reportEach(agent: RealAgent, client: MqttClient, numbers: readonly number[]): Promise<void> {
  const before = (await sinkOf(agent)) ?? { queued: 0, sent: 0 };
  for (const [index, number] of numbers.entries()) {
    await report(client, number);
    await until(
      () => sinkOf(agent),
      (sink) => (sink?.queued ?? 0) + (sink?.sent ?? 0) > before.queued + before.sent + index,
    );
  }
}

const numbered = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("values of an outage arrive with their own times after kill -9, a restart and the end of the outage", async () => {
  await using peer = await httpFarEnd(jsonService);
  await using agent = await meteredAgent(peer);
  const client = await reporter(agent);
  await reportEach(agent, client, [1]);
  // Not before the agent has the answer: a value whose answer is cut off comes twice, as it should.
  await until(
    () => sinkOf(agent),
    (sink) => sink?.sent === 1,
  );
  assert.equal(existsSync(join(agent.directory, "sinks.db")), false, "a target that answers costs the card nothing");
  await peer.down();
  const from = systemClock.now();
  await reportEach(agent, client, numbered(2, 15));
  const to = systemClock.now();
  const { state, reason } = (await sinkOf(agent)) as SinkJson;
  assert.equal(state, "waiting");
  assert.match(reason ?? "", /ECONNREFUSED|socket hang up|ECONNRESET/);
  // The documented window: what is older than the flush time is on the card.
  const flushed = systemClock.monotonic() + 3 * flushMs;
  await until(
    () => systemClock.monotonic(),
    (now) => now > flushed,
  );
  await agent.end("SIGKILL");
  client.end(true);
  await agent.start();
  assert.equal(
    (
      await until(
        () => sinkOf(agent),
        (sink) => sink !== undefined,
      )
    )?.queued,
    14,
  );
  await peer.up();
  const arrived = await until(
    () => peer.arrived(),
    (points) => points.length >= 15,
  );
  assert.deepEqual(
    arrived.map(({ value }) => Number(value)),
    numbered(1, 15),
  );
  const times = arrived.slice(1).map(({ at }) => at);
  assert.ok(
    times.every((at, index) => at >= from && at <= to && at >= (times[index - 1] ?? 0)),
    `${times}`,
  );
});

test("a stop and a start in the middle of an outage lose nothing, not even the newest value", async () => {
  await using peer = await httpFarEnd(jsonService);
  await using agent = await meteredAgent(peer);
  const client = await reporter(agent);
  await peer.down();
  await reportEach(agent, client, [1, 2]);
  await report(client, 3);
  client.end(true);
  assert.equal(await agent.end("SIGTERM"), 0, agent.log);
  await peer.up();
  await agent.start();
  const values = await until(
    () => valuesOf(peer),
    (arrived) => arrived.includes(3),
  );
  assert.deepEqual(values, [1, 2, 3]);
});

test(`${kills} times kill -9 while a backlog is delivered: nothing is lost, and no more than a batch comes twice`, async () => {
  await using peer = await httpFarEnd(jsonService);
  await using agent = await meteredAgent(peer);
  let last = 0;
  for (let kill = 0; kill < kills; kill++) {
    await peer.down();
    const client = await reporter(agent);
    await reportEach(agent, client, numbered(last + 1, last + 4));
    last += 4;
    const flushed = systemClock.monotonic() + 2 * flushMs;
    await until(
      () => systemClock.monotonic(),
      (now) => now > flushed,
    );
    await peer.up();
    const moment = systemClock.monotonic() + randomInt(0, 1500);
    await until(
      () => systemClock.monotonic(),
      (now) => now > moment,
    );
    await agent.end("SIGKILL");
    client.end(true);
    await agent.start();
    await until(
      () => valuesOf(peer),
      (values) => values.includes(last),
    );
  }
  const values = await valuesOf(peer);
  assert.deepEqual([...new Set(values)], numbered(1, last), "lost or out of order");
  // What was delivered just before a kill is still in the queue: the values of this round, and those of the one before
  // when the note that they arrived was not on the card yet.
  assert.ok(values.length <= last + 2 * 4 * kills, `${values.length - last} values came twice`);
});
