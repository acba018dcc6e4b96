import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { twinReport } from "@edgetwin/cloud-protocol";
import { nodeCredential } from "../src/certificates/testing/node-credential.ts";
import { type ApiProxy, startApiProxy } from "./support/api-proxy.ts";
import { connectEdge, type EdgePeer } from "./support/edge-peer.ts";
import { furnish, startTestCluster, switchLamp, type TestCluster } from "./support/test-cluster.ts";

let cluster: TestCluster;
let proxy: ApiProxy;
let edge: EdgePeer;

before(async () => {
  cluster = await startTestCluster();
  proxy = await startApiProxy(cluster.kubeconfig);
  await furnish(cluster.client, "edge");
  const bridge = await cluster.bridge({ kubeconfig: proxy.kubeconfig });
  const credential = await nodeCredential(await cluster.authority(), "edge");
  edge = await connectEdge({ node: "edge", port: bridge.ports.edges, credential });
  await edge.object("device/lamp");
});

afterEach(() => {
  proxy.instead = () => undefined;
});

after(async () => {
  edge[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

/** The next version of the lamp with this desired value. */
async function arrives(value: string): Promise<void> {
  for (;;) {
    const { content } = await edge.object("device/lamp");
    if (JSON.stringify(content).includes(`"desired":{"value":"${value}"`)) return;
  }
}

const failure = (code: number, reason: string) => ({
  ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
  ...{ code, reason, message: reason },
});

test("watches that are cut go on where they were, and the edge has what changed meanwhile", async () => {
  proxy.cut();
  await switchLamp(cluster.client, true);
  await arrives("true");
});

test("a watch whose version the server forgot lists again", async () => {
  let refused = 0;
  proxy.instead = ({ verb, resource }) => {
    if (verb !== "watch" || resource !== "devices" || refused > 0) return undefined;
    refused += 1;
    return { status: 200, body: { type: "ERROR", object: failure(410, "Expired") } };
  };
  proxy.cut();
  await switchLamp(cluster.client, false);
  await arrives("false");
  assert.equal(refused, 1);
});

test("while the API server throttles, a report is not confirmed; it is stored and confirmed when the server takes it", async () => {
  let throttled = 0;
  proxy.instead = ({ verb, resource }) => {
    if (verb !== "patch" || !resource.startsWith("device") || throttled >= 3) return undefined;
    throttled += 1;
    return { status: 429, headers: { "retry-after": "1" }, body: failure(429, "TooManyRequests") };
  };
  const timestamp = Date.now();
  const twin = new Map([["power", { actual: { value: "true", timestamp } }]]);
  // As the agent does: the same report again until it is confirmed.
  const say = (id: string) =>
    edge.say(twinReport, { namespace: "default", name: "lamp", eventId: "", timestamp, twin }, id);
  const confirmed = edge.next(({ header }) => header.parentId?.startsWith("report-") ?? false);
  for (let attempt = 1; throttled < 3; attempt++) {
    say(`report-${attempt}`);
    await proxy.next();
  }
  say("report-last");
  assert.equal((await confirmed).content, "OK");
});
