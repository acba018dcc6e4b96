import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunningAgent } from "../../src/agent.ts";
import type { CloudCore } from "./support/cloud-core.ts";
import { type Joined, joined } from "./support/joined-agent.ts";
import { thermo, thermoModel, warm } from "./support/thermo.ts";

const device = "default/thermo-1";

/** An agent that has the device and a first value, connected. */
async function withThermo(node: Joined, settings = {}): Promise<{ cloud: CloudCore; agent: RunningAgent }> {
  const { cloud } = node;
  const agent = await node.start(settings);
  await cloud.until(() => cloud.sessions === 1);
  await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
  await cloud.push("insert", `default/device/thermo-1`, thermo(2));
  return { cloud, agent };
}

const temperatures = (cloud: CloudCore) => cloud.reports(device).map(({ temperature }) => temperature);
const states = (cloud: CloudCore) => cloud.up.filter(({ route }) => route.resource === `device/${device}/state/update`);

describe("reports to the cloud", () => {
  test("the first of each property goes out twice to CloudCore, which loses the first; the next ones once", async () => {
    await using node = await joined();
    const { cloud, agent } = await withThermo(node);
    await warm(agent, 21);
    await cloud.until(() => temperatures(cloud).length === 2);
    await warm(agent, 22);
    await cloud.until(() => temperatures(cloud).length === 3);
    await warm(agent, 23);
    await cloud.until(() => temperatures(cloud).length === 4);
    assert.deepEqual(temperatures(cloud), ["21", "21", "22", "23"]);
  });

  test("Edgetwin's bridge, which says who it is, gets each once", async () => {
    await using node = await joined();
    node.cloud.faults.bridge = true;
    const { cloud, agent } = await withThermo(node);
    await warm(agent, 21);
    await cloud.until(() => temperatures(cloud).length === 1);
    await warm(agent, 22);
    await cloud.until(() => temperatures(cloud).length === 2);
    assert.deepEqual(temperatures(cloud), ["21", "22"]);
    assert.equal(agent.cloud.status().peer, "Edgetwin bridge");
  });

  test("one at a time for each device; what changes meanwhile goes out as its last value", async () => {
    await using node = await joined();
    node.cloud.faults.bridge = true;
    const { cloud, agent } = await withThermo(node);
    await cloud.until(() => states(cloud).length === 1);
    cloud.faults.unconfirmed = true;
    await warm(agent, 1);
    await cloud.until(() => temperatures(cloud).length === 1);
    for (let degrees = 2; degrees <= 40; degrees++) await warm(agent, degrees);
    assert.deepEqual(temperatures(cloud), ["1"], "the first is not confirmed");
    cloud.faults.unconfirmed = false;
    cloud.confirm(cloud.up.at(-1)?.header.id ?? "");
    await cloud.until(() => temperatures(cloud).length === 2);
    assert.deepEqual(temperatures(cloud), ["1", "40"]);
  });

  test("carry what is wanted, the time of the reading and the type, and no entry without a value", async () => {
    await using node = await joined();
    const { cloud, agent } = await withThermo(node);
    await cloud.push("update", "default/device/thermo-1", thermo(3, { target: "30" }));
    await warm(agent, 21);
    await cloud.until(() => cloud.reports(device).length > 0);
    const [first] = cloud.up.filter(({ route }) => route.resource.endsWith("twin/edge_updated"));
    const { twin } = (first ?? assert.fail("there is no report")).content as {
      twin: Record<string, { actual: { metadata: { timestamp: number } }; metadata: unknown }>;
    };
    assert.deepEqual(Object.keys(twin), ["temperature"]);
    const { actual, metadata } = twin.temperature ?? assert.fail("there is no temperature");
    assert.ok(Math.abs(actual.metadata.timestamp - agent.core.clock.now()) < 60_000);
    assert.deepEqual(metadata, { type: "int" });
  });

  test("health goes out as the state of the device", async () => {
    await using node = await joined();
    const { cloud, agent } = await withThermo(node);
    const origin = { door: "mqtt", actor: "test" } as const;
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    await agent.core.engine.submit(device, { kind: "health", at, origin, state: "online" });
    const report = await cloud.received(
      ({ route, content }) => route.resource.endsWith("state/update") && String(content).includes("online"),
    );
    const { device: told } = JSON.parse(String(report.content)) as { device: Record<string, string> };
    assert.deepEqual([told.state, told.lastOnlineTime], ["online", "2026-01-02T03:04:05Z"]);
  });

  test("what happened while the cloud was away arrives as it is at last, also after a restart in between", async () => {
    await using node = await joined();
    node.cloud.faults.bridge = true;
    const { cloud, agent } = await withThermo(node);
    await warm(agent, 1);
    await cloud.until(() => temperatures(cloud).length === 1);
    cloud.refuseConnections(true);
    cloud.drop();
    await cloud.until(() => cloud.sessions === 0);
    for (let degrees = 2; degrees <= 500; degrees++) await warm(agent, degrees);
    await node.stop();
    cloud.refuseConnections(false);
    await node.start();
    await cloud.until(() => temperatures(cloud).length === 2);
    assert.deepEqual(temperatures(cloud), ["1", "500"]);
  });

  test("a property that is not to be reported stays here, as do devices of local manifests", async () => {
    await using node = await joined();
    node.cloud.faults.bridge = true;
    const { cloud, agent } = await withThermo(node);
    const secret = thermo(3);
    const [temperature, target] = secret.spec.properties;
    const properties = [{ ...temperature, reportToCloud: false }, target];
    await cloud.push("update", "default/device/thermo-1", { ...secret, spec: { ...secret.spec, properties } } as never);
    const local = thermo(1, { name: "local", uid: "uid-local" });
    const text = JSON.stringify({ apiVersion: "devices.kubeedge.io/v1beta1", kind: "Device", ...local });
    await agent.core.registry.apply(text, { origin: { door: "rest", actor: "test" } });
    const from = cloud.up.length;
    await warm(agent, 21);
    await warm(agent, 21, "default/local");
    const origin = { door: "mqtt", actor: "test" } as const;
    const reported = { target: { raw: { value: 5n } } };
    await agent.core.engine.submit(device, { kind: "change", at: agent.core.clock.now(), origin, reported });
    await cloud.received(({ route }) => route.resource.endsWith("twin/edge_updated"), from);
    assert.deepEqual(cloud.reports(device), [{ target: "5" }]);
    assert.ok(!cloud.up.some(({ route }) => route.resource.includes("local")));
  });
});
