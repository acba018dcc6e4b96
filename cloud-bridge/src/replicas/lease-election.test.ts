import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { BridgeError } from "../errors.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { LeaseElection } from "./lease-election.ts";
import { leaseSpecOf } from "./lease-spec.ts";
import { MemoryObjects } from "./testing/memory-objects.ts";

const place = { namespace: "kubeedge", name: "edgetwin-bridge" };
let clock: ManualClock;
let objects: MemoryObjects;
let replicas: LeaseElection[];

beforeEach(() => {
  clock = new ManualClock(1_700_000_000_000);
  objects = new MemoryObjects();
  replicas = [];
});

afterEach(async () => {
  objects.before = async () => {};
  for (const replica of replicas) await replica[Symbol.asyncDispose]();
});

type Client = ConstructorParameters<typeof LeaseElection>[0]["client"];

function replica(identity: string, client: Client = objects): LeaseElection {
  const made = new LeaseElection({ client, ...place, identity, clock, log: silentLog, random: () => 0.5 });
  replicas.push(made);
  return made;
}

/** The same objects over a connection that can be cut. */
function cuttable() {
  const state = { isCut: false };
  const guard = async <T>(send: () => Promise<T>): Promise<T> => {
    if (state.isCut) throw new BridgeError("UNREACHABLE", "cut");
    return await send();
  };
  const client: Client = {
    get: (...of) => guard(() => objects.get(of[0], of[1])),
    create: (...of) => guard(() => objects.create(of[0], of[1])),
    replace: (...of) => guard(() => objects.replace(of[0], of[1])),
  };
  return { state, client };
}

const spec = () => {
  const lease = objects.peek(resourceTypes.leases, place);
  assert.ok(lease);
  return leaseSpecOf(lease);
};

test("the first replica leads, others wait, and its Lease is as client-go writes it", async () => {
  const first = replica("a");
  await clock.advance(0);
  const second = replica("b");
  await clock.advance(30_000);
  assert.deepEqual([first.isLeader, second.isLeader, second.leader], [true, false, "a"]);
  const { acquireTime, renewTime, ...rest } = spec();
  assert.deepEqual(rest, { holderIdentity: "a", leaseDurationSeconds: 15, leaseTransitions: 0 });
  assert.match(`${acquireTime}`, /^2023-11-14T22:13:20\.000000Z$/);
  assert.ok(`${renewTime}` > `${acquireTime}`);
});

test("a leader that stops gives its Lease back and another leads within its next look", async () => {
  const first = replica("a");
  await clock.advance(0);
  const second = replica("b");
  await clock.advance(0);
  const seen: boolean[] = [];
  second.subscribe((isLeader) => seen.push(isLeader));
  await first[Symbol.asyncDispose]();
  assert.deepEqual([first.isLeader, spec().holderIdentity], [false, ""]);
  await clock.advance(2_500);
  assert.deepEqual([second.isLeader, seen, spec().leaseTransitions], [true, [true], 1]);
});

test("a leader that cannot reach the API leads no more after 10 s; another leads from 15 s on", async () => {
  const { client, state } = cuttable();
  const first = replica("a", client);
  await clock.advance(0);
  const second = replica("b");
  await clock.advance(2_200);
  state.isCut = true;
  await clock.advance(9_000);
  assert.deepEqual([first.isLeader, second.isLeader], [true, false]);
  await clock.advance(1_500);
  assert.deepEqual([first.isLeader, second.isLeader], [false, false]);
  await clock.advance(7_000);
  assert.deepEqual([first.isLeader, second.isLeader], [false, true]);
  state.isCut = false;
  await clock.advance(5_000);
  assert.deepEqual([first.isLeader, first.leader], [false, "b"]);
});

test("a leader whose request hangs leads no more after 10 s all the same", async () => {
  const first = replica("a");
  await clock.advance(0);
  let go = () => {};
  objects.before = () => new Promise((resolve) => (go = resolve));
  await clock.advance(12_000);
  assert.equal(first.isLeader, false);
  objects.before = async () => {};
  go();
});

test("times in a Lease count for nothing: one written by a clock of another year is respected and runs out", async () => {
  const object = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: place,
    spec: {
      holderIdentity: "skewed",
      leaseDurationSeconds: 15,
      renewTime: "2001-01-01T00:00:00.000000Z",
      leaseTransitions: 7,
    },
  };
  await objects.create(resourceTypes.leases, object);
  const mine = replica("a");
  await clock.advance(14_000);
  assert.deepEqual([mine.isLeader, mine.leader], [false, "skewed"]);
  await clock.advance(4_000);
  assert.deepEqual([mine.isLeader, spec().leaseTransitions], [true, 8]);
});

test("never two leaders, however connections are cut and replicas come and go", async () => {
  const step = fc.record({ who: fc.nat(2), what: fc.constantFrom("cut", "mend", "restart"), waitMs: fc.nat(20_000) });
  const story = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
    clock = new ManualClock(0);
    objects = new MemoryObjects();
    let runs = 0;
    const start = () => {
      const { client, state } = cuttable();
      return { state, election: replica(`r${runs++}`, client) };
    };
    const running = [start(), start(), start()];
    for (const { who, what, waitMs } of steps) {
      const one = running[who] as (typeof running)[number];
      if (what === "restart") {
        await one.election[Symbol.asyncDispose]();
        running[who] = start();
      } else one.state.isCut = what === "cut";
      for (let passed = 0; passed < waitMs; passed += 500) {
        await clock.advance(500);
        const leaders = running.filter(({ election }) => election.isLeader);
        assert.ok(leaders.length <= 1, `${leaders.length} leaders`);
      }
    }
    for (const { state } of running) state.isCut = false;
    await clock.advance(20_000);
    assert.equal(running.filter(({ election }) => election.isLeader).length, 1);
    for (const { election } of running) await election[Symbol.asyncDispose]();
  });
  await fc.assert(story, { numRuns: 20 });
});
