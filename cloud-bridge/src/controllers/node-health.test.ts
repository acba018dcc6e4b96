import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { NodeHealth } from "./node-health.ts";
import { cachedObjects } from "./testing/cached-objects.ts";
import { MemoryApi } from "./testing/memory-api.ts";

const { signal } = new AbortController();

function setUp() {
  const clock = new ManualClock();
  const api = new MemoryApi();
  const nodes = cachedObjects({});
  const put = (version: number, status: string, reason: string) =>
    nodes.put({
      metadata: { name: "n1", uid: "u", resourceVersion: String(version) },
      status: { conditions: [{ type: "Ready", status, reason }] },
    });
  put(1, "True", "EdgetwinReady");
  const connected = new Set<string>();
  const health = new NodeHealth({
    ...{ client: api, nodes: nodes.cache, clock, log: silentLog, goneMs: 40_000 },
    isConnected: (node) => connected.has(node),
  });
  /** Looks every five seconds for so long; what was written meanwhile. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 5) {
      await clock.advance(5_000);
      await health.look(signal);
    }
    return api.taken().flatMap(({ verb, body }) => {
      const { conditions = [] } = (body.status ?? {}) as {
        readonly conditions?: readonly { readonly status: string; readonly reason: string }[];
      };
      return verb === "strategic" ? conditions.map(({ status, reason }) => `${status} ${reason}`) : [];
    });
  };
  const renew = async () => {
    const lease = { metadata: { namespace: "kube-node-lease", name: "n1" } };
    const { metadata } = await api.replace(resourceTypes.leases, lease);
    api.taken();
    return metadata.resourceVersion;
  };
  return { clock, api, connected, health, put, pass, renew };
}

test("a node that renews its Lease is left alone, and one that does not becomes Unknown, once", async () => {
  const { health, put, pass, renew } = setUp();
  await health.look(signal);
  for (let round = 0; round < 10; round++) {
    health.lives("n1", await renew());
    assert.deepEqual(await pass(10), []);
  }
  assert.deepEqual(await pass(35), ["Unknown NodeStatusUnknown"]);
  put(2, "Unknown", "NodeStatusUnknown");
  assert.deepEqual(await pass(120), []);
  health.lives("n1", await renew());
  assert.deepEqual(await pass(5), ["True LeaseRenewed"]);
});

test("a node that is connected is not gone, and one whose session ended is as soon as its Lease is too old", async () => {
  const { connected, health, pass, renew } = setUp();
  connected.add("n1");
  await health.look(signal);
  health.lives("n1", await renew());
  assert.deepEqual(await pass(120), []);
  connected.delete("n1");
  assert.deepEqual(await pass(5), ["Unknown NodeStatusUnknown"]);
});

test("a node whose Lease another replica writes is alive", async () => {
  const { health, pass, renew } = setUp();
  await health.look(signal);
  for (let round = 0; round < 10; round++) {
    await renew();
    assert.deepEqual(await pass(30), []);
  }
});

test("after a start of the bridge no node is gone before its time, nor back before it renews its Lease", async () => {
  const { put, pass } = setUp();
  assert.deepEqual(await pass(40), []);
  put(2, "Unknown", "NodeStatusUnknown");
  const other = setUp();
  other.put(2, "Unknown", "NodeStatusUnknown");
  assert.deepEqual(await other.pass(300), []);
});
