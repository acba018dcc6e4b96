import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Envelope } from "@edgetwin/cloud-protocol";
import type { Bridge } from "../src/bridge/bridge.ts";
import { type NodeCredential, nodeCredential } from "../src/certificates/testing/node-credential.ts";
import { closeCodes } from "../src/hub/close-codes.ts";
import type { StoredObject } from "../src/kubernetes/client.ts";
import { resourceTypes } from "../src/kubernetes/resource-types.ts";
import { ownerOf } from "../src/replicas/edge-owners.ts";
import { leaseSpecOf } from "../src/replicas/lease-spec.ts";
import { connectEdge } from "./support/edge-peer.ts";
import { furnish, startTestCluster, switchLamp, type TestCluster } from "./support/test-cluster.ts";

let cluster: TestCluster;
let bridges: [Bridge, Bridge, Bridge];
let credential: NodeCredential;

before(async () => {
  cluster = await startTestCluster();
  await furnish(cluster.client, "edge");
  const first = await cluster.bridge();
  bridges = [first, await cluster.bridge(), await cluster.bridge()];
  credential = await nodeCredential(await cluster.authority(), "edge");
});

after(() => cluster[Symbol.asyncDispose]());

const desiredOf = ({ content }: Envelope): string =>
  /"desired":\{[^}]*"value":"(\w+)"/.exec(JSON.stringify(content))?.[1] ?? "";

/** Objects of a node from now on, until it looks as wanted. */
async function until(type: "leases" | "nodes", name: string, isSo: (object: StoredObject) => boolean): Promise<void> {
  const { client } = cluster;
  const stop = new AbortController();
  const kind = resourceTypes[type];
  const { items, resourceVersion } = await client.list(kind);
  if (items.some((item) => item.metadata.name === name && isSo(item))) return;
  for await (const event of client.watch(kind, { resourceVersion }, { signal: stop.signal }))
    if (event.type !== "BOOKMARK" && event.object.metadata.name === name && isSo(event.object)) return stop.abort();
}

const connect = (at: number) => connectEdge({ node: "edge", port: (bridges[at] as Bridge).ports.edges, credential });

async function leaderOf(running: readonly Bridge[]): Promise<number> {
  const metrics = await Promise.all(
    running.map(async ({ ports }) => (await fetch(`http://127.0.0.1:${ports.operations}/metrics`)).text()),
  );
  const leading = metrics.map((text) => /^edgetwin_bridge_leader 1$/m.test(text));
  assert.equal(leading.filter(Boolean).length, 1);
  return leading.indexOf(true);
}

test("an edge may connect to any replica, what changes comes through the one it is at, and the older session ends", async () => {
  const first = await connect(0);
  await first.object("device/lamp");
  await until("nodes", "edge", (node) => ownerOf(node) !== undefined);
  // Half-open: the first replica hears nothing of it.
  const second = await connect(1);
  await second.object("device/lamp");
  const { code, reason } = await first.closed;
  assert.deepEqual([code, /^the node is connected to \S+ now$/.test(reason)], [closeCodes.replaced, true]);
  await switchLamp(cluster.client, true);
  assert.equal(desiredOf(await second.object("device/lamp")), "true");
  assert.deepEqual(
    bridges.map(({ hub }) => hub.connectedNodes()),
    [[], ["edge"], []],
  );
  second[Symbol.dispose]();
});

test("a replica that is stopped sends its edges away, and another has them and leads", async () => {
  const leader = await leaderOf(bridges);
  const other = (leader + 1) % 3;
  const edge = await connect(leader);
  await edge.object("device/lamp");
  const holder = { before: "" };
  await until("leases", "edgetwin-bridge", (lease) => {
    holder.before = leaseSpecOf(lease).holderIdentity;
    return holder.before !== "";
  });
  await bridges[leader]?.[Symbol.asyncDispose]();
  assert.match((await edge.closed).reason, /^the bridge restarts; come back in \d+ s$/);
  const again = await connect(other);
  await again.object("device/lamp");
  await switchLamp(cluster.client, false);
  assert.equal(desiredOf(await again.object("device/lamp")), "false");
  await until("leases", "edgetwin-bridge", (lease) => {
    const { holderIdentity } = leaseSpecOf(lease);
    return holderIdentity !== "" && holderIdentity !== holder.before;
  });
  again[Symbol.dispose]();
});
