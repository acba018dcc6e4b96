import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origin } from "../../../src/twin/types.ts";
import type { TestClient } from "../mqtt-client.ts";
import { openTestNode, type TestNode } from "../test-node.ts";
import { trafficLight } from "../traffic-light.ts";
import { differences, withoutExtras } from "./differences.ts";
import { comparable, type Json, type Message, type Step, stepsOf } from "./recording.ts";

const id = "rec-mqtt/mq-1";
const requests = /\/(twin\/(update|get|cloud_updated|foo)|state\/update|membership\/get)$/;
const cloud: Origin = { door: "cloud", actor: "bridge" };

const textOf = (payload: Json) => (typeof payload === "string" ? payload : JSON.stringify(payload));

/** What the agent published since the last call. */
async function answersTo(observer: TestClient): Promise<Message[]> {
  const messages = await observer.rest();
  return messages
    .filter(({ topic }) => !requests.test(topic))
    .map(({ topic, text }) => ({ topic, payload: JSON.parse(text) as Json }));
}

async function perform({ core }: TestNode, { note, sent }: Step, client: TestClient): Promise<void> {
  if (note.startsWith("kubectl creates") && sent.length === 0) {
    await core.addDevice({ id, labels: { description: "my-device" } });
  } else if (note.startsWith("kubectl deletes") && sent.length === 0) {
    core.removeDevice(id);
  } else if (sent[0]?.topic.endsWith("cloud_updated")) {
    await client.publish(sent[0].topic, textOf(sent[0].payload));
    const desired = { power: { text: "OFF" } };
    await core.engine.submit(id, { kind: "change", at: core.clock.now(), origin: cloud, desired });
  } else {
    await Promise.all(sent.map(({ topic, payload }) => client.publish(topic, textOf(payload))));
  }
}

test("what a client sent to KubeEdge's edge core is answered alike, but for the differences that are listed", async () => {
  await using node = await openTestNode();
  const client = await node.client();
  const observer = await (await node.client()).subscribe("$hw/#");
  const shown = new Set<string>();
  let compared = 0;
  for (const step of stepsOf("mqtt-edgecore.jsonl")) {
    await perform(node, step, client);
    const ours = (await answersTo(observer)).map((message) => withoutExtras(comparable(message)));
    let expected: readonly Message[] = step.answers.map(comparable);
    for (const [name, difference] of Object.entries(differences)) {
      if (!difference.applies(step)) continue;
      expected = difference.ours(expected, step);
      shown.add(name);
    }
    const what = `${step.note}: ${step.sent.map(({ payload }) => textOf(payload)).join(" ")}`;
    assert.deepEqual(ours, expected, what.slice(0, 300));
    compared += expected.length;
    for (const difference of Object.values(differences)) {
      if (!difference.restore || !difference.applies(step)) continue;
      await client.publish(`$hw/events/device/${id}/twin/update`, difference.restore(step));
      await observer.rest();
    }
  }
  assert.deepEqual([...shown].sort(), Object.keys(differences).sort(), "a listed difference does not show");
  assert.ok(compared > 100, `only ${compared} answers were compared`);
});

test("the traffic light of KubeEdge 1.14 gets the same answers and commands from us", async () => {
  await using node = await openTestNode();
  const name = "traffic-light-instance-01";
  const off = { red: "OFF", yellow: "OFF", green: "OFF" };
  await node.core.addDevice({ id: `default/${name}`, model: trafficLight }, off);
  const client = await node.client();
  const observer = await (await node.client()).subscribe(`$hw/events/device/${name}/#`);
  let compared = 0;
  for (const step of stepsOf("mqtt-traffic-light-v1.14.jsonl")) {
    for (const { topic, payload } of step.sent) await client.publish(topic, textOf(payload));
    if (step.desired) await node.core.desire(`default/${name}`, step.desired);
    assert.deepEqual((await answersTo(observer)).map(comparable), step.answers.map(comparable), step.note);
    compared += step.answers.length;
  }
  assert.ok(compared > 30, `only ${compared} answers were compared`);
});
