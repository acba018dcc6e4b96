import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readRecording } from "@edgetwin/cloud-protocol/testing";
import { settle } from "@edgetwin/mapper-sdk/testing";
import type { RunningAgent } from "../../src/agent.ts";
import { referenceDirectory } from "../../src/cloud/references/reference-store.ts";
import { type Joined, joined } from "./support/joined-agent.ts";

const lampModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "lamp", namespace: "default", uid: "model", resourceVersion: "1" },
  spec: { protocol: "gpio", properties: [{ name: "power", type: "BOOLEAN", accessMode: "ReadWrite" }] },
};
const lamp = (pin: unknown, namespace = "default") => ({
  metadata: { name: "l1", namespace, uid: "device", resourceVersion: "2" },
  spec: {
    deviceModelRef: { name: "lamp" },
    nodeName: "rec-1",
    protocol: { protocolName: "gpio" },
    properties: [{ name: "power", visitors: { protocolName: "gpio", configData: { pin } } }],
  },
});
const inConfigMap = { configMapRef: { name: "pins", key: "power" } };
const inSecret = { secretRef: { name: "pins", key: "power" } };
const configMap = (power: string, version = "10") => ({
  metadata: { name: "pins", namespace: "default", uid: "cm", resourceVersion: version },
  data: { power },
});
const secret = (power: string, version = "10") => ({
  ...configMap(power, version),
  data: { power: Buffer.from(power).toString("base64") },
  type: "Opaque",
});

const stateOf = ({ core }: RunningAgent) => {
  const state = core.registry.device("default/l1")?.state as { name?: string; reason?: string } | undefined;
  return `${state?.name}: ${state?.reason ?? ""}`;
};
const until = async (agent: RunningAgent, pattern: RegExp) => {
  while (!pattern.test(stateOf(agent))) await settle();
};
/** Everything that could be read by somebody: log, API and files beside the objects. */
const shown = (node: Joined, agent: RunningAgent) =>
  JSON.stringify([node.log, agent.core.registry.devices().map(({ manifest, state }) => ({ manifest, state }))]);

describe("settings that name a Secret or a ConfigMap", () => {
  test("open the device with the value, and again when it changes; without it the device says what it waits for", async () => {
    await using node = await joined();
    const { cloud } = node;
    cloud.faults.bridge = true;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/devicemodel/lamp", lampModel);
    await cloud.push("insert", "default/device/l1", lamp(inConfigMap));
    await until(agent, /waits for key power of ConfigMap pins; create it in the namespace/);
    await cloud.push("insert", "default/configmap/pins", configMap("GPIO17"));
    await until(agent, /^online/);
    await cloud.push("update", "default/configmap/pins", configMap("no pin", "11"));
    await until(agent, /no pin/);
    await cloud.push("update", "default/configmap/pins", configMap("GPIO18", "12"));
    await until(agent, /^online/);
    // What is older than what is held changes nothing.
    await cloud.push("update", "default/configmap/pins", configMap("no pin", "11"));
    await until(agent, /^online/);
    await cloud.push("delete", "default/configmap/pins", {
      metadata: { name: "pins", namespace: "default", uid: "cm" },
    });
    await until(agent, /waits for key power of ConfigMap pins/);
  });

  test("are kept over a restart without the cloud, in files for the agent alone", async () => {
    await using node = await joined();
    const { cloud, directory } = node;
    cloud.faults.bridge = true;
    await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/secret/pins", secret("GPIO17"));
    await cloud.push("insert", "default/devicemodel/lamp", lampModel);
    await cloud.push("insert", "default/device/l1", lamp(inSecret));
    const files = readdirSync(referenceDirectory(directory));
    assert.equal(files.length, 1);
    assert.equal(statSync(join(referenceDirectory(directory), files[0] ?? "")).mode & 0o777, 0o600);
    await node.stop();
    cloud.refuseConnections(true);
    const agent = await node.start();
    await until(agent, /^online/);
  });

  test("of a Secret are in no state, log or manifest, even when the mapper complains about them", async () => {
    await using node = await joined();
    const { cloud } = node;
    cloud.faults.bridge = true;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/secret/pins", secret("hunter2 is no pin"));
    await cloud.push("insert", "default/devicemodel/lamp", lampModel);
    await cloud.push("insert", "default/device/l1", lamp(inSecret));
    await until(agent, /\*\*\*/);
    assert.doesNotMatch(shown(node, agent), /hunter2|aHVudGVyMi/);
    await cloud.push("update", "default/secret/pins", secret("GPIO5", "11"));
    await until(agent, /^online/);
    assert.doesNotMatch(shown(node, agent), /hunter2|aHVudGVyMi|R1BJTzU/);
  });

  test("are asked for where the cloud is CloudCore, and its recorded changes and deletions are followed", async () => {
    await using node = await joined();
    const { cloud } = node;
    const lines = await readRecording("cloudcore-session-configmap-secret");
    const down = lines.flatMap(({ dir, frame }) => (dir === "down" && frame ? [frame as unknown as Recorded] : []));
    for (const { route, header, content } of down) {
      const isFirst = header.parent_msg_id !== undefined && !cloud.objects.has(route.resource);
      if (isFirst && /\/(?:configmap|secret)\/rec-(?:cm|secret)$/.test(route.resource))
        cloud.objects.set(route.resource, content);
    }
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    const inWire = { ...lampModel, metadata: { ...lampModel.metadata, namespace: "rec-wire" } };
    await cloud.push("insert", "rec-wire/devicemodel/lamp", inWire);
    const settings = lamp({ secretRef: { name: "rec-secret", key: "user" } }, "rec-wire");
    const [power] = settings.spec.properties;
    await cloud.push("insert", "rec-wire/device/l1", {
      ...settings,
      spec: {
        ...settings.spec,
        protocol: {
          protocolName: "gpio",
          configData: { numbering: { configMapRef: { name: "rec-cm", key: "a.conf" } } },
        },
        properties: [power],
      },
    });
    const { references } = agent;
    const values = () => [
      references.lookUp("rec-wire", { kind: "ConfigMap", name: "rec-cm", key: "a.conf" }),
      references.lookUp("rec-wire", { kind: "Secret", name: "rec-secret", key: "user" }),
      references.lookUp("rec-wire", { kind: "Secret", name: "rec-secret", key: "password" }),
    ];
    while (values().includes(undefined)) await settle();
    assert.deepEqual(values(), ["x=1\n<&>", "example", "not-a-real-secret"]);
    const changes = down.filter(
      ({ route, header }) => header.parent_msg_id === undefined && !route.resource.startsWith("null/"),
    );
    const after: unknown[] = [];
    for (const frame of changes) {
      cloud.send({ ...frame });
      await cloud.received(({ header }) => header.parentId === frame.header.msg_id);
      after.push(values());
    }
    assert.deepEqual(after, [
      ["x=2", "example", "not-a-real-secret"],
      ["x=2", "example2", "not-a-real-secret"],
      ["x=2", undefined, undefined],
      [undefined, undefined, undefined],
    ]);
    const asked = cloud.up.filter(
      ({ route }) => /configmap|secret/.test(route.resource) && route.operation === "query",
    );
    assert.deepEqual(asked.map(({ route }) => route.resource).sort(), [
      "rec-wire/configmap/rec-cm",
      "rec-wire/secret/rec-secret",
    ]);
  });

  test("are forgotten when no device names them any more, and asked for when one does again", async () => {
    await using node = await joined();
    const { cloud } = node;
    cloud.faults.bridge = true;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    const value = () => agent.references.lookUp("default", { kind: "Secret", name: "pins", key: "power" });
    // Before its device, as the bridge brings it.
    await cloud.push("insert", "default/secret/pins", secret("GPIO17"));
    await cloud.push("insert", "default/devicemodel/lamp", lampModel);
    await cloud.push("insert", "default/device/l1", lamp(inSecret));
    await until(agent, /^online/);
    const device = (pin: unknown, resourceVersion: string) => {
      const changed = lamp(pin);
      return { ...changed, metadata: { ...changed.metadata, resourceVersion } };
    };
    await cloud.push("update", "default/device/l1", device("GPIO4", "3"));
    assert.equal(value(), undefined);
    cloud.objects.set("default/secret/pins", secret("GPIO18", "12"));
    await cloud.push("update", "default/device/l1", device(inSecret, "4"));
    while (value() !== "GPIO18") await settle();
    await until(agent, /^online/);
  });

  test("a node that leaves its cloud keeps none of its Secrets", async () => {
    await using node = await joined();
    const { cloud, directory } = node;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/secret/pins", secret("GPIO17"));
    const { removeIdentity } = await import("../../src/cloud/identity-file.ts");
    removeIdentity(directory);
    while (agent.cloud.status().state !== "none") await settle();
    assert.equal(agent.references.lookUp("default", { kind: "Secret", name: "pins", key: "power" }), undefined);
    assert.deepEqual(readdirSync(referenceDirectory(directory)), []);
  });
});

interface Recorded {
  readonly header: { readonly msg_id: string; readonly parent_msg_id?: string };
  readonly route: { readonly resource: string };
  readonly content: Record<string, unknown>;
}
