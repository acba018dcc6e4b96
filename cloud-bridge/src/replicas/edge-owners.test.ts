import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { cachedObjects } from "../controllers/testing/cached-objects.ts";
import type { StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { EdgeOwners, ownerOf } from "./edge-owners.ts";
import { MemoryObjects } from "./testing/memory-objects.ts";

const { nodes: type } = resourceTypes;
let clock: ManualClock;
let objects: MemoryObjects;
let replicas: ReturnType<typeof replica>[];

/** A replica whose informer hears of changes when the test says so. */
function replica(identity: string) {
  const nodes = cachedObjects({});
  const taken: string[] = [];
  const doubted: string[] = [];
  const owners = new EdgeOwners({
    ...{ client: objects, nodes, identity, clock, log: silentLog, random: () => 0 },
    elsewhere: (node) => doubted.push(node),
    takenOver: (node, by) => taken.push(`${node} by ${by}`),
  });
  const hear = (object: StoredObject | undefined = objects.peek(type, { name: "edge" })) => {
    if (object) nodes.put(object);
  };
  return { owners, taken, doubted, hear };
}

const now = () => objects.peek(type, { name: "edge" }) as StoredObject;
const registered = () => objects.create(type, { apiVersion: "v1", kind: "Node", metadata: { name: "edge" } });

beforeEach(() => {
  clock = new ManualClock(0);
  objects = new MemoryObjects();
  replicas = [replica("a"), replica("b")];
});

afterEach(async () => {
  for (const { owners } of replicas) await owners[Symbol.asyncDispose]();
});

test("the Node says which replica its edge is connected to, also when it registers after connecting", async () => {
  const [a] = replicas as [ReturnType<typeof replica>];
  a.owners.connected("edge");
  await clock.advance(0);
  a.hear(await registered());
  await clock.advance(0);
  assert.equal(ownerOf(now()), "a");
});

test("an edge that goes to another replica ends its half-open session at the first", async () => {
  const [a, b] = replicas as [ReturnType<typeof replica>, ReturnType<typeof replica>];
  await registered();
  for (const { hear } of replicas) hear();
  a.owners.connected("edge");
  await clock.advance(0);
  for (const { hear } of replicas) hear();
  b.owners.connected("edge");
  await clock.advance(0);
  for (const { hear } of replicas) hear();
  assert.deepEqual([a.taken, b.taken, ownerOf(now())], [["edge by b"], [], "b"]);
});

test("old news of another replica does not end the newest session", async () => {
  const [a, b] = replicas as [ReturnType<typeof replica>, ReturnType<typeof replica>];
  await registered();
  for (const { hear } of replicas) hear();
  b.owners.connected("edge");
  await clock.advance(0);
  const late = now();
  b.owners.disconnected("edge");
  a.owners.connected("edge");
  // Before and after the own claim is written.
  a.hear(late);
  await clock.advance(0);
  a.hear();
  a.hear(late);
  assert.deepEqual([a.taken, ownerOf(now())], [[], "a"]);
  // But what the edge holds is in doubt since then.
  assert.ok(a.doubted.length > 0);
});

test("a claim that cannot be written is tried again, and dropped when the edge has left", async () => {
  const [a] = replicas as [ReturnType<typeof replica>];
  await registered();
  a.hear();
  let attempts = 0;
  objects.before = async () => {
    attempts += 1;
    if (attempts < 3) throw new Error("throttled");
  };
  a.owners.connected("edge");
  await clock.advance(1_000);
  assert.deepEqual([ownerOf(now()), attempts], ["a", 3]);
  attempts = 0;
  a.owners.connected("edge");
  await clock.advance(0);
  a.owners.disconnected("edge");
  await clock.advance(60_000);
  assert.equal(attempts, 1);
});
