import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import mqtt, { type MqttClient } from "mqtt";
import { type RunningAgent, startAgent } from "../src/agent.ts";
import { openEmbeddedBus } from "../src/bus/embedded.ts";
import { parseConfig } from "../src/config/config.ts";
import { workspace } from "./docs/support/blocks.ts";
import { freePort } from "./support/free-port.ts";

const id = "default/traffic-light-instance-01";

/** The messages that a client hears, retained ones first; `next` waits for one. */
class Heard {
  readonly #newest = new Map<string, string>();
  readonly #waiting = new Set<() => void>();

  constructor(client: MqttClient) {
    client.on("message", (topic, payload) => {
      this.#newest.set(topic, payload.toString());
      for (const look of [...this.#waiting]) look();
    });
  }

  async until(topic: string, holds: (payload: string) => boolean): Promise<string> {
    return await new Promise((resolve) => {
      const look = () => {
        const payload = this.#newest.get(topic);
        if (payload === undefined || !holds(payload)) return;
        this.#waiting.delete(look);
        resolve(payload);
      };
      this.#waiting.add(look);
      look();
    });
  }

  forget(): void {
    this.#newest.clear();
  }
}

/** A broker, a Home Assistant that listens there, and an agent with the traffic light. */
async function bench(scope: Scope) {
  const port = await freePort();
  scope.use(await openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [{ host: "127.0.0.1", port }] }));
  const url = `mqtt://127.0.0.1:${port}`;
  const client = await mqtt.connectAsync(url);
  scope.defer(() => client.endAsync(true));
  const heard = new Heard(client);
  await client.subscribeAsync(["homeassistant/#", "edgetwin/#"]);
  const state = mkdtempSync(join(tmpdir(), "edgetwin-ha-"));
  scope.defer(() => rmSync(state, { recursive: true, force: true }));
  const raw = {
    ...{ node: "pi", stateDirectory: state, mappers: ["@edgetwin/mapper-gpio"], homeAssistant: { url } },
    ...{ board: { use: "simulated" }, bus: { broker: "off" }, api: { port: 0 }, dmi: { socket: "off" } },
    manifests: [join(workspace, "examples", "traffic-light", "manifests")],
  };
  const paths = { stateDirectory: state, socket: join(state, "s") };
  const config = parseConfig(raw, { where: "test", directory: join(workspace, "examples", "traffic-light"), paths });
  const agent: RunningAgent = scope.use(await startAgent(config, { log: silentLog }));
  return { client, heard, agent };
}

const base = `edgetwin/pi/${id}`;
const configTopic = "homeassistant/device/edgetwin_pi_default_traffic-light-instance-01/config";
const says = (name: string, value: string) => (payload: string) =>
  payload !== "" && JSON.parse(payload)[name] === value;

test("devices appear in Home Assistant, are switched there, and are gone from it when they are deleted", async () => {
  await using scope = new Scope();
  const { client, heard, agent } = await bench(scope);
  const config = JSON.parse(await heard.until(configTopic, (payload) => payload.includes("red")));
  assert.deepEqual(config.components.red, {
    ...{ platform: "switch", name: "red", unique_id: "edgetwin_pi_default_traffic-light-instance-01_red" },
    ...{ state_topic: `${base}/state`, value_template: "{{ value_json['red'] }}" },
    ...{ command_topic: `${base}/red/set`, qos: 1 },
  });
  assert.equal(config.device.model, "traffic-light");
  await heard.until("edgetwin/pi/status", (payload) => payload === "online");
  await heard.until(`${base}/availability`, (payload) => payload === "online");
  await client.publishAsync(`${base}/red/set`, "ON", { qos: 1 });
  await heard.until(`${base}/state`, says("red", "ON"));
  // The interlock refuses green: what is shown goes back to what is.
  await client.publishAsync(`${base}/green/set`, "ON", { qos: 1 });
  await heard.until(`${base}/state`, says("green", "OFF"));
  const origin = { door: "command", actor: "test" } as const;
  await agent.core.registry.deleteDevice(id as never, origin);
  await heard.until(configTopic, (payload) => payload === "");
  await heard.until(`${base}/state`, (payload) => payload === "");
});

test("everything is said anew when Home Assistant begins, and the end of the agent is told", async () => {
  await using scope = new Scope();
  const { client, heard, agent } = await bench(scope);
  await heard.until(`${base}/availability`, (payload) => payload === "online");
  heard.forget();
  await client.publishAsync("homeassistant/status", "online");
  await heard.until(configTopic, (payload) => payload.includes("red"));
  await heard.until(`${base}/state`, (payload) => payload.includes("red"));
  await agent[Symbol.asyncDispose]();
  await heard.until("edgetwin/pi/status", (payload) => payload === "offline");
});
