import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Cloud, conditionOf, deviceModels, devices, isNow, lamp, lampModel, nodes, openCloud } from "./cloud.ts";

/** A loaded machine takes its time; a test that hangs must end all the same. */
const signal = AbortSignal.timeout(300_000);
const name = { namespace: "default", name: "lamp-01" };

let cloud: Cloud;
let edge: Awaited<ReturnType<Cloud["agent"]>>;

before(async () => {
  cloud = await openCloud({ edges: { gone: "3s" } });
  await cloud.client.create(deviceModels, lampModel);
  await cloud.client.create(devices, lamp("lamp-01", "edge-1", false));
  edge = await cloud.agent("edge-1");
  await edge.start();
});

after(async () => await cloud?.[Symbol.asyncDispose]());

const patch = (power: boolean) =>
  cloud.client.mergePatch(devices, name, { spec: { properties: lamp("", "", power).spec.properties } });
/** The first request after a restart may go into a connection that the killed bridge left. */
const want = async (power: boolean) => await patch(power).catch(() => patch(power));
const applied = () => cloud.becomes(devices, "lamp-01", isNow("Applied", "True"), signal);

test("a patch turns the lamp on, and its condition says so for the generation that was patched", async () => {
  await applied();
  await want(true);
  const device = await applied();
  assert.equal(conditionOf(device, "Synced"), `True Stored@${device.metadata.generation}`);
  assert.equal(await cloud.valueAt(edge, "lamp-01", "power"), "true");
  const ready = await cloud.becomes(nodes, "edge-1", (node) => conditionOf(node, "Ready").startsWith("True"), signal);
  assert.ok(ready);
});

test("whenever the bridge is killed, what it acknowledged before reaches the lamp afterwards", async () => {
  for (const moment of ["before it is stored", "while it is delivered", "after it was applied"] as const) {
    const power = moment !== "while it is delivered";
    await want(!power);
    const patched = patch(power).then(
      () => true,
      () => false,
    );
    if (moment !== "before it is stored") await patched;
    if (moment === "after it was applied") await applied();
    await cloud.bridge.end("SIGKILL");
    const wasTaken = await patched;
    await cloud.bridge.start();
    const device = await applied();
    const { properties } = device.spec as { readonly properties: readonly { readonly desired: { value: string } }[] };
    const wanted = properties[0]?.desired.value;
    if (wasTaken) assert.equal(wanted, String(power));
    assert.equal(await cloud.valueAt(edge, "lamp-01", "power"), wanted);
  }
});

test("an edge that is gone is Unknown with its devices, and has what was wanted meanwhile when it is back", async () => {
  await want(false);
  await applied();
  await edge.end("SIGKILL");
  await cloud.becomes(nodes, "edge-1", (node) => conditionOf(node, "Ready").startsWith("Unknown"), signal);
  await want(true);
  const away = await cloud.becomes(devices, "lamp-01", isNow("Online", "Unknown"), signal);
  assert.match(conditionOf(away, "Synced"), /^False NodeGone/);
  assert.match(await cloud.command("nodes"), /edge-1\s+Unknown\s+1/);
  await edge.start();
  await applied();
  assert.equal(await cloud.valueAt(edge, "lamp-01", "power"), "true");
  await cloud.becomes(nodes, "edge-1", (node) => conditionOf(node, "Ready").startsWith("True"), signal);
});

test("of two edges with one name the newer is served; when it goes the other is, and the log tells of both", async () => {
  const twin = await cloud.agent("edge-1", "edge-1-again");
  await twin.start();
  await twin.end("SIGTERM");
  await want(false);
  await applied();
  const metrics = await fetch(`http://127.0.0.1:${cloud.operations}/metrics`).then((answer) => answer.text());
  const [, replaced] = /^edgetwin_bridge_hub_replaced_sessions_total (\d+)$/m.exec(metrics) ?? [];
  assert.ok(Number(replaced) >= 1);
  assert.match(cloud.bridge.log, /is its name used twice/);
});

test("a device that moves is taken from its node and brought to the other, which sees nothing else", async () => {
  const other = await cloud.agent("edge-2");
  await other.start();
  await cloud.client.mergePatch(devices, name, { spec: { nodeName: "edge-2" } });
  await applied();
  assert.equal(await cloud.valueAt(other, "lamp-01", "power"), "false");
  await assert.rejects(cloud.valueAt(edge, "lamp-01", "power"), /lamp-01/);
  await cloud.client.mergePatch(devices, name, { spec: { nodeName: "edge-1" } });
  await applied();
  await other.end("SIGTERM");
});

test("a revoked certificate ends what the node may do, and a bridge that is told to stop ends with code 0", async () => {
  await cloud.command("node", "revoke", "edge-1");
  await edge.end("SIGTERM");
  // It would be let in again only after the bridge read the revocation, which a start does.
  assert.equal(await cloud.bridge.end("SIGTERM"), 0);
  await cloud.bridge.start();
  const refusal = cloud.bridge.says("was revoked");
  const started = edge.start();
  await refusal;
  const metrics = await fetch(`http://127.0.0.1:${cloud.operations}/metrics`).then((answer) => answer.text());
  assert.match(metrics, /^edgetwin_bridge_hub_refused_connections_total [1-9]/m);
  assert.match(metrics, /^edgetwin_bridge_connected_nodes 0$/m);
  const ended = assert.rejects(started);
  await edge.end("SIGKILL");
  await ended;
});
