import assert from "node:assert/strict";
import type { SinkPoint } from "../../sinks/point.ts";
import type { ContractPromise } from "../contract/rig.ts";
import { assertRejects, numbered, onSinkRig, type SinkRig, type SinkSubject } from "./rig.ts";

/** The promises of a sink, each as a sentence and the check that rejects when it is broken. */
export function sinkPromises(subject: SinkSubject): readonly ContractPromise[] {
  const promise = (name: string, run: (rig: SinkRig) => Promise<void>): ContractPromise => ({
    name,
    run: () => onSinkRig(subject, run),
  });
  return [
    { name: "refuses configurations that cannot work", run: async () => refusesBadConfigs(subject) },
    promise("tells where it sends without telling the secret", tellsNoSecret),
    promise("delivers every point once, in order, with the time of its reading", deliversInOrder),
    promise("says that trying again helps while the far end is away, and delivers when it is back", survivesOutage),
    promise("says so when the far end goes away between two batches", noticesLostPeer),
    promise("ends at once when its caller gives up on a far end that does not answer", stopsAtAbort),
    promise("ends what is in flight when it is closed", stopsAtClose),
    promise("releases everything once, however often it is closed", releases),
    ...(subject.fixture.refusable === false
      ? []
      : [promise("tells points that will never be taken from an outage", refusesPoints)]),
  ];
}

async function refusesBadConfigs({ sink, fixture }: SinkSubject): Promise<void> {
  assert.ok(fixture.badConfigs.length > 0, "give at least one configuration in badConfigs");
  for (const raw of fixture.badConfigs) {
    await assertRejects(
      Promise.resolve().then(() => sink.check(raw, "push")),
      "CONFIG_INVALID",
    );
  }
}

async function tellsNoSecret({ sink, peer }: SinkRig): Promise<void> {
  const { address, key } = sink.check(peer.config, "push");
  assert.notEqual(address, "", "the address is empty");
  assert.equal(sink.check({ ...peer.config }, "elsewhere").key, key, "equal configurations lead to different targets");
  const { secret } = peer.credential ?? {};
  if (secret) assert.ok(!`${address} ${key}`.includes(secret), `the secret shows in "${address}" or "${key}"`);
}

async function deliversInOrder(rig: SinkRig): Promise<void> {
  const session = await rig.open();
  await rig.patiently(session.send(rig.points(1, 3)));
  await rig.patiently(session.send(rig.points(4, 1)));
  await rig.patiently(session.send(rig.points(5, 20)));
  await assertArrived(rig, numbered(1, 24));
}

async function survivesOutage(rig: SinkRig): Promise<void> {
  await rig.peer.down();
  await assertRejects(rig.patiently(rig.openAndSend(rig.points(1, 2))), "SINK_UNAVAILABLE");
  await rig.peer.up();
  await rig.patiently(rig.openAndSend(rig.points(1, 2)));
  await assertArrived(rig, numbered(1, 2));
}

async function noticesLostPeer(rig: SinkRig): Promise<void> {
  const session = await rig.open();
  await rig.patiently(session.send(rig.points(1, 2)));
  await rig.peer.down();
  await assertRejects(rig.patiently(session.send(rig.points(3, 2))), "SINK_UNAVAILABLE");
  await rig.peer.up();
  await rig.patiently(rig.openAndSend(rig.points(3, 2)));
  await assertArrived(rig, numbered(1, 4));
}

async function stopsAtAbort(rig: SinkRig): Promise<void> {
  const session = await rig.open();
  await rig.patiently(session.send(rig.points(1, 1)));
  rig.peer.stall();
  const caller = new AbortController();
  const sending = session.send(rig.points(2, 1), { signal: caller.signal });
  caller.abort(new Error("the caller gave up"));
  await assertRejects(rig.patiently(sending), "DEVICE_ABORTED");
}

async function stopsAtClose(rig: SinkRig): Promise<void> {
  const session = await rig.open();
  await rig.patiently(session.send(rig.points(1, 1)));
  rig.peer.stall();
  const refused = assertRejects(rig.patiently(session.send(rig.points(2, 1))), "DEVICE_ABORTED");
  await rig.patiently(session[Symbol.asyncDispose]());
  await refused;
  await assertReleased(rig);
}

async function releases(rig: SinkRig): Promise<void> {
  const session = await rig.open();
  await rig.patiently(session.send(rig.points(1, 1)));
  await rig.patiently(Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()]));
  await rig.patiently(session[Symbol.asyncDispose]());
  await assertReleased(rig);
  await assertRejects(rig.patiently(session.send(rig.points(2, 1))), "DEVICE_ABORTED");
}

async function refusesPoints(rig: SinkRig): Promise<void> {
  assert.ok(rig.peer.refuseNext, "the far end has no refuseNext; say refusable: false where it cannot refuse");
  rig.peer.refuseNext();
  await assertRejects(rig.patiently(rig.openAndSend(rig.points(1, 1))), "SINK_REFUSED");
  await rig.patiently(rig.openAndSend(rig.points(2, 1)));
  await assertArrived(rig, numbered(2, 1));
}

/** Every point is there, with its own time, and per property none overtook an older one. */
async function assertArrived(rig: SinkRig, numbers: readonly number[]): Promise<void> {
  const expected = numbers.map((number) => rig.point(number)).map(({ at, value }: SinkPoint) => `${at} ${value}`);
  await rig.until(async () => {
    const arrived = (await rig.peer.arrived()).map(({ at, value }) => `${at} ${value}`);
    return arrived.length < expected.length ? `only ${arrived.length} of ${expected.length} points arrived` : undefined;
  });
  const arrived = (await rig.peer.arrived()).map(({ at, value }) => `${at} ${value}`);
  assert.deepEqual(arrived, expected, "what arrived is not what was sent, in its order");
}

const assertReleased = (rig: SinkRig): Promise<void> =>
  rig.until(async () => {
    const open = rig.peer.connections();
    return open === 0 ? undefined : `${open} connections are still open after the session was closed`;
  });
