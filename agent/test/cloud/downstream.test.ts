import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RecordedFrame, readRecording } from "@edgetwin/cloud-protocol/testing";
import { lampsManifest } from "../support/real-agent.ts";
import { joined } from "./support/joined-agent.ts";
import { desiredOf, thermo, thermoModel } from "./support/thermo.ts";

const somebody = { door: "rest", actor: "test" } as const;

describe("objects of the cloud", () => {
  test("are acknowledged after they were stored: they are there when the agent starts without a cloud", async () => {
    await using node = await joined();
    const { cloud } = node;
    await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    await cloud.push("insert", "default/device/thermo-1", thermo(2, { target: "20" }));
    await node.stop();
    await cloud[Symbol.asyncDispose]();
    const agent = await node.start();
    assert.equal(desiredOf(agent), 20n);
    assert.equal(agent.core.registry.model("default/thermo")?.model.spec.properties?.length, 2);
    const causes = await agent.core.engine.causes("default/thermo-1", "target");
    assert.deepEqual([causes[0]?.what, causes[0]?.origin.door], ["desired", "cloud"]);
  });

  test("may come from any source, without kind, the device before its model, and twice", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("update", "default/device/thermo-1", thermo(2, { target: "20" }), "edgecontroller");
    await cloud.push("update", "default/devicemodel/thermo", thermoModel(), "edgecontroller");
    await cloud.push("insert", "default/device/thermo-1", thermo(2, { target: "20" }));
    assert.equal(agent.core.registry.device("default/thermo-1")?.model?.metadata.name, "thermo");
    assert.equal(agent.core.registry.device("default/thermo-1")?.generation, 1);
  });

  test("a desired value set here since is undone by neither a resync nor an older object, but by a new wish", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    await cloud.push("insert", "default/device/thermo-1", thermo(5, { target: "20" }));
    const desired = { target: { text: "30" } };
    await agent.core.engine.submit("default/thermo-1", { kind: "change", at: 1, origin: somebody, desired });
    await cloud.push("update", "default/device/thermo-1", thermo(5, { target: "20" }), "edgecontroller");
    assert.equal(desiredOf(agent), 30n);
    await cloud.push("update", "default/device/thermo-1", thermo(6, { target: "20" }), "edgecontroller");
    assert.equal(desiredOf(agent), 30n);
    await cloud.push("update", "default/device/thermo-1", thermo(4, { target: "10" }));
    assert.equal(desiredOf(agent), 30n, "an object older than the one that is held");
    await cloud.push("update", "default/device/thermo-1", thermo(7, { target: "40" }));
    assert.equal(desiredOf(agent), 40n);
    await cloud.push("update", "default/device/thermo-1", thermo(8));
    assert.equal(desiredOf(agent), 40n, "an empty desired value means none, not nothing");
  });

  test("another node's name takes a device away, a late deletion of its predecessor does not", async () => {
    await using node = await joined();
    const { cloud } = node;
    const { core } = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/device/thermo-1", thermo(5, { uid: "second" }));
    await cloud.push("delete", "default/device/thermo-1", { metadata: { uid: "first" } }, "edgecontroller");
    assert.equal(core.registry.device("default/thermo-1")?.uid, "second");
    await cloud.push("update", "default/device/thermo-1", thermo(6, { uid: "second", node: "elsewhere" }));
    assert.equal(core.registry.device("default/thermo-1"), undefined);
    await cloud.push("insert", "default/device/thermo-1", thermo(7, { uid: "second" }));
    assert.equal(core.registry.device("default/thermo-1")?.uid, "second");
  });

  test("a model that goes before its device goes when the device is gone", async () => {
    await using node = await joined();
    const { cloud } = node;
    const { core } = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    await cloud.push("insert", "default/device/thermo-1", thermo(5));
    await cloud.push("delete", "default/devicemodel/thermo", thermoModel());
    assert.ok(core.registry.model("default/thermo"));
    await cloud.push("delete", "default/device/thermo-1", thermo(5));
    assert.deepEqual([core.registry.devices(), core.registry.models()], [[], []]);
  });

  test("one that does not fit is acknowledged, waits over a restart and is applied when its model fits", async () => {
    await using node = await joined();
    const { cloud } = node;
    const first = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    const narrow = {
      ...thermoModel(),
      spec: { properties: [{ name: "temperature", type: "INT", accessMode: "ReadOnly" }] },
    };
    await cloud.push("insert", "default/devicemodel/thermo", narrow);
    await cloud.push("insert", "default/device/thermo-1", thermo(2, { target: "20" }));
    assert.equal(first.core.registry.device("default/thermo-1"), undefined);
    assert.equal(first.cloud.status().refusedObjects, 1);
    assert.match(node.log.lines.join("\n"), /object of the cloud does not fit.*default\/device\/thermo-1/);
    await node.stop();
    const agent = await node.start();
    await cloud.until(() => cloud.handshakes.length === 2);
    await cloud.push("update", "default/devicemodel/thermo", thermoModel(3));
    assert.equal(desiredOf(agent), 20n);
    assert.equal(agent.cloud.status().refusedObjects, 0);
  });

  test("kinds that nobody here knows are acknowledged and dropped; nonsense costs itself only", async () => {
    await using node = await joined();
    const { cloud } = node;
    await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/pod/web", { metadata: { name: "web" } });
    await cloud.push("update", "null/node/rec-1", { metadata: { name: "rec-1" } });
    await cloud.push("insert", "default/device/thermo-1", [] as never);
    cloud.send({ header: {}, route: {} });
    cloud.send([] as never);
    cloud.send({
      header: { msg_id: "u" },
      route: { source: "taskmanager", group: "taskmanager", operation: "upgrade" },
    });
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    assert.equal(cloud.handshakes.length, 1);
  });

  test("the full list of the bridge takes away what it does not have, and nothing of local manifests", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start({ manifests: [lampsManifest] });
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/device/thermo-1", thermo(1));
    await cloud.push("insert", "default/device/thermo-2", thermo(2, { uid: "uid-2", name: "thermo-2" }));
    cloud.send({
      header: { msg_id: "list", timestamp: 1 },
      route: { source: "devicecontroller", group: "twin", operation: "get", resource: "membership/detail" },
      content: { event_id: "", timestamp: 1, devices: [{ id: "default/thermo-2", name: "thermo-2" }] },
    });
    await cloud.push("insert", "default/pod/after", { metadata: {} });
    assert.deepEqual(
      agent.core.registry
        .devices()
        .map(({ id }) => id)
        .sort(),
      ["default/lamps-01", "default/thermo-2"],
    );
  });
});

/** Devices and models that are there after each recording, which begins where the one before ended. */
const endings: readonly (readonly [
  name: string,
  node: string,
  devices: readonly string[],
  models: readonly string[],
])[] = [
  ["device-create", "rec-1", ["thermo-1", "thermo-2"], ["thermo-model"]],
  ["device-desired", "rec-1", ["thermo-1", "thermo-2"], ["thermo-model"]],
  ["device-property-added", "rec-1", ["thermo-1", "thermo-2"], ["thermo-model"]],
  ["model-change", "rec-1", ["thermo-1", "thermo-2"], ["thermo-model"]],
  ["device-moved", "rec-1", ["thermo-1", "thermo-2"], ["thermo-model"]],
  ["device-delete", "rec-1", [], []],
];

test("what CloudCore was recorded to send brings devices and models, changes and takes them", async () => {
  await using node = await joined();
  const { cloud } = node;
  const { core } = await node.start();
  await cloud.until(() => cloud.sessions === 1);
  for (const [name, , devices, models] of endings) {
    await replay(cloud, `cloudcore-session-${name}`);
    const names = (entries: readonly { id: string }[]) => entries.map(({ id }) => id.replace("rec-wire/", "")).sort();
    assert.deepEqual([names(core.registry.devices()), names(core.registry.models())], [devices, models], name);
  }
  const errors = node.log.lines.filter((line) => line.startsWith("error"));
  assert.equal(errors.length, 1, "one version of a device names a property that its model does not have");
  assert.match(
    errors[0] ?? "",
    /rec-wire\/thermo-1: spec\.properties\[3\]\.name: model "thermo-model" has no property/,
  );
});

test("every other recording is acknowledged message by message, whatever it holds", async () => {
  const names = ["configmap-secret", "no-ack", "node", "offline", "refused", "rules", "second-connection"];
  for (const name of [...names, "state-reports", "twin-reports"]) {
    await using node = await joined({ node: name === "offline" ? "rec-3" : "rec-1" });
    await node.start();
    await node.cloud.until(() => node.cloud.sessions === 1);
    await replay(node.cloud, `cloudcore-session-${name}`);
    assert.equal(node.cloud.handshakes.length, 1, name);
  }
});

/** Sends what came down in a recording and waits for each acknowledgement that it wants. */
async function replay(cloud: Awaited<ReturnType<typeof joined>>["cloud"], name: string): Promise<void> {
  const lines = (await readRecording(name)) as readonly RecordedFrame[];
  for (const { sender, frame } of lines) {
    if (sender !== "cloud") continue;
    const from = cloud.up.length;
    cloud.send(frame);
    const { header, route } = frame as { header: { msg_id: string }; route: { group?: string } };
    if (route.group !== "resource") continue;
    const { content } = await cloud.received((sent) => sent.header.parentId === header.msg_id, from);
    assert.equal(content, "OK", name);
  }
}
