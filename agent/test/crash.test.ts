import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { connectAsync } from "mqtt";
import { freePort } from "./support/free-port.ts";
import { RealAgent } from "./support/real-agent.ts";

const kills = Number(process.env.EDGETWIN_KILLS ?? 15);
const lamps = ["left", "middle", "right"] as const;
type Lamp = (typeof lamps)[number];

/** What was sent for each lamp, and the position of the newest acknowledged value. */
interface Sent {
  readonly values: string[];
  acknowledged: number;
}

/** Sends values over MQTT, many in flight, until the agent is killed at a random moment; notes every acknowledgement. */
async function hammer(agent: RealAgent, sent: Record<Lamp, Sent>): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, { reconnectPeriod: 0 });
  const base = "$hw/events/device/default/lamps-01/twin/update";
  client.on("message", (_topic, payload) => {
    const { event_id: id, code } = JSON.parse(payload.toString()) as { event_id: string; code?: number };
    const [lamp, position] = id.split(" ") as [Lamp, string];
    assert.equal(code, undefined);
    sent[lamp].acknowledged = Math.max(sent[lamp].acknowledged, Number(position));
  });
  client.on("error", () => {});
  await client.subscribeAsync(`${base}/result`);
  let running = true;
  const killed = new Promise<void>((resolve) => setTimeout(resolve, randomInt(5, 300)))
    .then(() => agent.end("SIGKILL"))
    .then(() => {
      running = false;
    });
  while (running) {
    for (const lamp of lamps) {
      const { values } = sent[lamp];
      const value = String(values.at(-1) !== "true");
      const id = `${lamp} ${values.push(value) - 1}`;
      const message = JSON.stringify({ event_id: id, timestamp: 0, twin: { [lamp]: { expected: { value } } } });
      client.publish(base, message, { qos: 1 });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await killed;
  await client.endAsync(true);
}

interface TwinAnswer {
  readonly desired?: { readonly value: boolean; readonly version: number };
  readonly reported?: { readonly value: boolean };
  readonly phase?: string;
}

/** The twin once it stands: verified, or what it says after ten seconds. */
async function settledTwin(agent: RealAgent, lamp: Lamp): Promise<TwinAnswer> {
  const end = performance.now() + 10_000;
  for (;;) {
    const twin = await agent.client.request<TwinAnswer>(`/api/v1/devices/default/lamps-01/twin/${lamp}`);
    if (twin.phase === "verified" || performance.now() > end) return twin;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test(`every acknowledged desired value is applied after ${kills} times kill -9 during a stream of updates`, async () => {
  await using agent = new RealAgent(await freePort());
  await agent.start();
  let acknowledged = 0;
  const version: Partial<Record<Lamp, number>> = {};
  for (let kill = 0; kill < kills; kill++) {
    const sent: Record<Lamp, Sent> = {
      left: { values: [], acknowledged: -1 },
      middle: { values: [], acknowledged: -1 },
      right: { values: [], acknowledged: -1 },
    };
    await hammer(agent, sent);
    await agent.start();
    for (const lamp of lamps) {
      const twin = await settledTwin(agent, lamp);
      const { values, acknowledged: newest } = sent[lamp];
      acknowledged += newest + 1;
      assert.equal(twin.phase ?? "verified", "verified", `${lamp} after kill ${kill}: ${agent.log}`);
      assert.equal(twin.reported?.value, twin.desired?.value, `${lamp} shows something else than desired`);
      // What was sent after the newest acknowledged value may have been stored too, but nothing older may stand.
      const possible = new Set(values.slice(Math.max(0, newest)));
      if (newest >= 0) assert.ok(possible.has(String(twin.desired?.value)), `${lamp}: an acknowledged value was lost`);
      assert.ok(
        (twin.desired?.version ?? 0) >= (version[lamp] ?? 0) + Math.max(0, newest),
        `${lamp}: a version was lost`,
      );
      version[lamp] = twin.desired?.version ?? 0;
    }
  }
  assert.ok(acknowledged > kills, `only ${acknowledged} values were acknowledged; the test did not try hard enough`);
});
