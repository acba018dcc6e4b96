import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredObject } from "../kubernetes/client.ts";
import { type Condition, conditionsOf, type DeviceSituation } from "./device-conditions.ts";
import type { DeviceRecord, TwinRecord } from "./device-record.ts";
import { deviceObject } from "./testing/device-objects.ts";

const lamp = (power?: string, version = 3) =>
  deviceObject("a", { node: "n1", model: "lamp", version, ...(power !== undefined && { power }) });
const record = (power: TwinRecord = {}, state = "online"): DeviceRecord => ({
  twins: new Map([["power", power]]),
  state,
});
const observed = (value: string, metadata: Record<string, string> = {}): TwinRecord => ({
  observedDesired: { value, metadata: { type: "boolean", ...metadata } },
});
const good: DeviceSituation = {
  device: lamp("true"),
  judgement: { verdict: "Ready", message: "" },
  record: { ...record({ ...observed("true", { phase: "verified" }), reported: { value: "true" } }) },
  isNodeReachable: true,
  node: "n1",
  isStored: true,
};
const judge = (change: Partial<DeviceSituation>, before: readonly Condition[] = [], now = 0) =>
  new Map(conditionsOf({ ...good, ...change }, { before, now }).map((condition) => [condition.type, condition]));
const short = (change: Partial<DeviceSituation>) =>
  [...judge(change)].map(([type, { status, reason }]) => `${type}=${status} ${reason}`).join(", ");

const cases: readonly [string, Partial<DeviceSituation>, string][] = [
  ["everything is well", {}, "Synced=True Stored, Applied=True Applied, Online=True Online, Ready=True Ready"],
  [
    "nothing is wanted",
    { device: lamp() },
    "Synced=True Stored, Applied=True NothingDesired, Online=True Online, Ready=True Ready",
  ],
  [
    "the edge has not confirmed the device",
    { isStored: false },
    "Synced=False Waiting, Applied=False NotSynced, Online=True Online, Ready=False Waiting",
  ],
  [
    "the node is gone",
    { isStored: false, isNodeReachable: false },
    "Synced=False NodeGone, Applied=False NotSynced, Online=Unknown NodeGone, Ready=False NodeGone",
  ],
  [
    "the model is missing",
    { judgement: { verdict: "ModelMissing", message: "no model" } },
    "Synced=False ModelMissing, Applied=False NotSynced, Online=True Online, Ready=False ModelMissing",
  ],
  [
    "the device does not answer",
    { record: { ...good.record, state: "offline" } },
    "Synced=True Stored, Applied=True Applied, Online=False Offline, Ready=False Offline",
  ],
  [
    "the edge works on it",
    { record: record(observed("true", { phase: "applying" })) },
    "Synced=True Stored, Applied=False Pending, Online=True Online, Ready=False Pending",
  ],
  [
    "the edge refused it",
    { record: record(observed("true", { phase: "rejected", reason: "an interlock" })) },
    "Synced=True Stored, Applied=False Rejected, Online=True Online, Ready=False Rejected",
  ],
  [
    "somebody at the edge wants another value",
    { record: record({ ...observed("false", { phase: "verified" }), reported: { value: "false" } }) },
    "Synced=True Stored, Applied=False OtherDesired, Online=True Online, Ready=False OtherDesired",
  ],
  [
    "an edge of KubeEdge reports the value in other letters",
    { record: record({ ...observed("1"), reported: { value: "True" } }) },
    "Synced=True Stored, Applied=True Applied, Online=True Online, Ready=True Ready",
  ],
  [
    "an edge of KubeEdge reports another value still",
    { record: record({ ...observed("true"), reported: { value: "false" } }) },
    "Synced=True Stored, Applied=False Pending, Online=True Online, Ready=False Pending",
  ],
];
for (const [what, change, expected] of cases)
  test(`conditions when ${what}`, () => assert.equal(short(change), expected));

test("a property that is not reported leaves open whether it was applied", () => {
  const device = {
    ...lamp("true"),
    spec: { nodeName: "n1", properties: [{ name: "power", desired: { value: "true" }, reportToCloud: false }] },
  } as StoredObject;
  const applied = judge({ device }).get("Applied");
  assert.deepEqual([applied?.status, applied?.reason], ["Unknown", "NotReported"]);
  assert.match(applied?.message ?? "", /power: reportToCloud is false/);
});

test("messages name the property, what is wanted and what there is, or the reason of the edge", () => {
  const rejected = judge({ record: record(observed("true", { phase: "rejected", reason: "an interlock" })) });
  assert.equal(rejected.get("Applied")?.message, "power: an interlock");
  const other = judge({ record: record(observed("false", { phase: "verified" })) });
  assert.equal(other.get("Applied")?.message, 'power: the edge wants "false", not "true"');
});

test("a condition tells its generation, and keeps the time of its last change while its status stays", () => {
  const first = [...judge({}, [], 0).values()];
  const later = judge({ device: lamp("true", 4), record: record(observed("true"), "online") }, first, 60_000);
  assert.equal(later.get("Synced")?.observedGeneration, 4);
  assert.equal(later.get("Synced")?.lastTransitionTime, "1970-01-01T00:00:00Z");
  assert.equal(later.get("Applied")?.lastTransitionTime, "1970-01-01T00:01:00Z");
});
