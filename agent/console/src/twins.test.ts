import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Device, Twin } from "./json.ts";
import { afterEvent, noTwins, type Twins, withoutOthers } from "./twins.ts";

const twin = (propertyName: string, value: string): Twin => ({
  propertyName,
  type: "STRING",
  access: "rw",
  reported: { value, at: "2026-01-01T00:00:00Z", source: "mapper gpio", quality: "good" },
});

const device = (name: string, ...twins: Twin[]): Device => ({
  metadata: { namespace: "default", name },
  spec: {},
  status: { state: "ok", reason: "old", mapper: { state: "online" }, twins },
});

const after = (...events: readonly [event: string, data: unknown][]): Twins =>
  events.reduce((twins, [event, data]) => afterEvent(twins, event, data), noTwins);

const valuesOf = ({ devices }: Twins, id: string) =>
  devices.get(id)?.status.twins.map(({ propertyName, reported }) => [propertyName, reported?.value]);

describe("what the watch tells", () => {
  test("is shown as it is now", () => {
    const twins = after(
      ["resync", { reason: "start", resources: 1 }],
      ["device", device("lamp", twin("red", "OFF"), twin("green", "ON"))],
      ["synced", { resources: 1 }],
      ["twin", { device: "default/lamp", properties: [twin("red", "ON")] }],
      ["twin", { device: "default/lamp", properties: [twin("note", "x")], withdrawn: ["green"] }],
      ["health", { device: "default/lamp", state: "offline" }],
    );
    assert.equal(twins.synced, true);
    assert.deepEqual(valuesOf(twins, "default/lamp"), [
      ["red", "ON"],
      ["note", "x"],
    ]);
    const { state, reason } = twins.devices.get("default/lamp")?.status ?? {};
    assert.deepEqual([state, reason], ["offline", undefined]);
  });

  test("forgets what was deleted, and what a new snapshot does not name", () => {
    const two = after(["device", device("a")], ["device", device("b")], ["synced", {}]);
    assert.deepEqual([...withoutOthers(two, new Set(["default/b"])).devices.keys()], ["default/b"]);
    const gone = afterEvent(two, "deleted", { kind: "Device", namespace: "default", name: "a" });
    assert.deepEqual([...gone.devices.keys()], ["default/b"]);
    assert.equal(afterEvent(two, "deleted", { kind: "DeviceModel", namespace: "default", name: "a" }), two);
  });

  test("stays on the page until the next snapshot is there", () => {
    const twins = afterEvent(after(["device", device("a")], ["synced", {}]), "resync", { reason: "slow" });
    assert.deepEqual([twins.synced, twins.devices.size], [false, 1]);
  });

  test("of devices and events that nobody knows changes nothing", () => {
    const twins = after(["device", device("a")]);
    assert.equal(afterEvent(twins, "twin", { device: "default/x", properties: [] }), twins);
    assert.equal(afterEvent(twins, "fortune", {}), twins);
  });
});
