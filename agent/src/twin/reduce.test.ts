import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { light, shapeOf, somebody } from "../../test/support/devices.ts";
import { reduce } from "./reduce.ts";
import type { DeviceShape, DeviceTwin, Outcome, PropertyTwin, TwinEvent } from "./types.ts";

const empty: DeviceTwin = {
  id: "default/light",
  uid: "u1",
  shape: { properties: new Map(), served: true },
  twins: new Map(),
  health: { state: "unknown", at: 0 },
};

/** Applies events one after the other; the last outcome and the device after it. */
function play(device: DeviceTwin, ...events: TwinEvent[]): { device: DeviceTwin; outcome: Outcome } {
  let outcome: Outcome = { refusals: [], changes: [], causes: [], effects: [] };
  for (const event of events) {
    outcome = reduce(device, event);
    const twins = new Map(device.twins);
    for (const { name, after } of outcome.changes) after ? twins.set(name, after) : twins.delete(name);
    device = { ...device, twins, health: outcome.health ?? device.health, shape: outcome.shape ?? device.shape };
  }
  return { device, outcome };
}

const configured = (shape: DeviceShape = shapeOf(light)) =>
  play(empty, { kind: "configure", at: 1, origin: somebody, shape }).device;

const desire = (desired: Record<string, string | null>, at = 10): TwinEvent => ({
  kind: "change",
  at,
  origin: somebody,
  desired: Object.fromEntries(Object.entries(desired).map(([name, text]) => [name, text === null ? null : { text }])),
});

const report = (reported: Record<string, string>, at = 20): TwinEvent => ({
  kind: "change",
  at,
  origin: { door: "mqtt", actor: "mapper" },
  reported: Object.fromEntries(Object.entries(reported).map(([name, text]) => [name, { raw: { text } }])),
});

const twin = (device: DeviceTwin, name: string): PropertyTwin => {
  const found = device.twins.get(name);
  assert.ok(found, `no twin ${name}`);
  return found;
};

describe("a desired value", () => {
  test("becomes pending with the next version, is stored durably and delivered", () => {
    const { device, outcome } = play(configured(), desire({ red: "ON" }));
    assert.deepEqual(twin(device, "red").desired, { value: "ON", version: 1, at: 10, origin: somebody });
    assert.equal(twin(device, "red").progress?.phase, "pending");
    assert.deepEqual(outcome.effects, [
      { kind: "persist", durability: "durable" },
      { kind: "publish" },
      { kind: "deliver", properties: ["red"] },
    ]);
    assert.equal(outcome.causes[0]?.what, "desired");
  });

  test("that is wanted already changes and stores nothing", () => {
    const { device, outcome } = play(configured(), desire({ red: "ON" }), desire({ red: "ON" }, 11));
    assert.equal(twin(device, "red").lastVersion, 1);
    assert.deepEqual(outcome.effects, [{ kind: "publish" }]);
  });

  test("that was rejected is tried again when it is wanted once more", () => {
    const rejected: TwinEvent = { kind: "progress", at: 11, property: "red", version: 1, phase: "rejected" };
    const { device } = play(configured(), desire({ red: "ON" }), rejected, desire({ red: "ON" }, 12));
    assert.equal(twin(device, "red").desired?.version, 2);
    assert.equal(twin(device, "red").progress?.phase, "pending");
  });

  test("is refused as a whole message when one entry does not fit", () => {
    const { device, outcome } = play(configured(), desire({ red: "ON", level: "101" }));
    assert.deepEqual(
      outcome.refusals.map(({ property, code }) => [property, code]),
      [["level", "VALUE_INVALID"]],
    );
    assert.equal(twin(device, "red").desired, undefined);
    assert.equal(outcome.changes.length, 0);
  });

  test("of a read-only property, an unknown one, or with an old version is refused with the reason", () => {
    const start = play(configured(), desire({ level: "5" })).device;
    const outcomes = [
      reduce(start, desire({ lux: "3" })),
      reduce(start, desire({ rde: "ON" })),
      reduce(start, { ...desire({ level: "6" }), ifVersion: { level: 0 } } as TwinEvent),
    ];
    assert.deepEqual(
      outcomes.map(({ refusals }) => refusals[0]?.code),
      ["READ_ONLY", "PROPERTY_UNKNOWN", "VERSION_CONFLICT"],
    );
    assert.match(outcomes[1]?.refusals[0]?.message ?? "", /did you mean red/);
  });

  test("that breaks an interlock is refused, unless both sides change in one request", () => {
    const red = play(configured(), desire({ red: "ON" })).device;
    assert.equal(reduce(red, desire({ green: "ON" })).refusals[0]?.code, "INTERLOCK");
    const swapped = play(red, desire({ green: "ON", red: "OFF" })).device;
    assert.equal(twin(swapped, "green").desired?.value, "ON");
  });

  test("counts what the device shows for the interlock where nothing is desired", () => {
    const red = play(configured(), report({ red: "ON" })).device;
    assert.equal(reduce(red, desire({ green: "ON" })).refusals[0]?.code, "INTERLOCK");
  });

  test("can be cleared; its versions go on rising", () => {
    const { device } = play(configured(), desire({ red: "ON" }), desire({ red: null }), desire({ red: "OFF" }));
    assert.equal(twin(device, "red").desired?.version, 3);
  });
});

describe("a report", () => {
  test("of an unchanged value makes the reading younger and stores nothing", () => {
    const { device, outcome } = play(configured(), report({ lux: "3" }), report({ lux: "3" }, 30));
    assert.equal(twin(device, "lux").reported?.at, 30);
    assert.equal(twin(device, "lux").reported?.version, 1);
    assert.deepEqual(outcome.effects, [{ kind: "publish" }]);
  });

  test("of an unchanged value by our own mapper moves only the time of the reading, without a new twin", () => {
    const mine = (at: number): TwinEvent => ({
      kind: "change",
      at,
      origin: { door: "mapper", actor: "gpio" },
      reported: { lux: { raw: { value: 3 } } },
    });
    const { outcome } = play(configured(), mine(20), mine(30));
    assert.deepEqual(outcome.changes, []);
    assert.deepEqual(outcome.refreshed, { at: 30, names: ["lux"] });
    assert.deepEqual(outcome.effects, []);
  });

  test("that repeats what the twin says moves the time of each reading and nothing else", () => {
    const origin = { door: "mapper", actor: "gpio" } as const;
    const first: TwinEvent = {
      kind: "change",
      at: 20,
      origin,
      reported: { lux: { raw: { value: 3 } }, level: { raw: { value: 5n } } },
    };
    const again = (at: number): TwinEvent => ({
      kind: "refresh",
      at,
      origin,
      names: ["lux", "level"],
      values: [3, 5n],
    });
    const { outcome } = play(configured(), first, again(30));
    assert.deepEqual([outcome.changes, outcome.effects], [[], []]);
    assert.deepEqual(outcome.refreshed, { at: 30, names: ["lux", "level"] });
  });

  test("that repeats what the mapper said before is put anew where the twin says otherwise by now", () => {
    const origin = { door: "mapper", actor: "gpio" } as const;
    const first: TwinEvent = { kind: "change", at: 20, origin, reported: { lux: { raw: { value: 3 } } } };
    const again: TwinEvent = { kind: "refresh", at: 40, origin, names: ["lux"], values: [3] };
    const elsewhere = play(configured(), first, report({ lux: "9" }, 30), again);
    assert.equal(twin(elsewhere.device, "lux").reported?.value, 3);
    const bad: TwinEvent = { kind: "quality", at: 30, quality: "bad", reason: "no answer", properties: ["lux"] };
    const mended = play(configured(), first, bad, again);
    assert.equal(twin(mended.device, "lux").reported?.quality, "good");
    assert.deepEqual(mended.outcome.refreshed?.names, []);
  });

  test("outside the model's range is kept and marked as bad", () => {
    const { device } = play(configured(), report({ level: "500" }));
    assert.equal(twin(device, "level").reported?.value, 500n);
    assert.equal(twin(device, "level").reported?.quality, "bad");
  });

  test("older than the last one of the same source is dropped", () => {
    const { device } = play(configured(), report({ lux: "3" }, 50), report({ lux: "4" }, 40));
    assert.equal(twin(device, "lux").reported?.value, 3);
  });

  test("is taken when the wall clock was set back by more than a minute", () => {
    const { device } = play(configured(), report({ lux: "3" }, 5_000_000), report({ lux: "4" }, 40));
    assert.equal(twin(device, "lux").reported?.value, 4);
  });

  test("confirms the desired value of a device that no mapper of ours serves", () => {
    const { device } = play(configured(shapeOf(light, false)), desire({ red: "ON" }), report({ red: "ON" }));
    assert.equal(twin(device, "red").progress?.phase, "verified");
    assert.equal(twin(device, "red").appliedVersion, 1);
  });

  test("does not confirm anything for a device that the runner serves", () => {
    const { device } = play(configured(), desire({ red: "ON" }), report({ red: "ON" }));
    assert.equal(twin(device, "red").progress?.phase, "pending");
  });

  test("that leaves a verified value is shown as drift, once", () => {
    const verified: TwinEvent = { kind: "progress", at: 11, property: "red", version: 1, phase: "verified" };
    const { device, outcome } = play(configured(), desire({ red: "ON" }), verified, report({ red: "OFF" }));
    assert.match(twin(device, "red").progress?.reason ?? "", /left the desired value/);
    assert.equal(outcome.causes[0]?.what, "drifted");
    assert.equal(play(device, report({ red: "OFF" }, 21)).outcome.causes.length, 0);
  });

  test("of a property nobody knows needs an announcement, and becomes an optional twin that can be withdrawn", () => {
    const start = configured();
    assert.equal(reduce(start, report({ extra: "7" })).refusals[0]?.code, "PROPERTY_UNKNOWN");
    const announced = { ...report({ extra: "7" }), announced: { extra: "INT" } } as TwinEvent;
    const { device } = play(start, announced);
    assert.equal(twin(device, "extra").optional, true);
    const withdrawn = { ...report({}), withdrawn: ["extra", "red"] } as TwinEvent;
    const after = play(device, withdrawn).device;
    assert.equal(after.twins.has("extra"), false);
    assert.equal(after.twins.has("red"), true);
  });

  test("cannot invent more than 64 properties", () => {
    const names = Array.from({ length: 65 }, (_, index) => `x${index}`);
    const event: TwinEvent = {
      kind: "change",
      at: 1,
      origin: somebody,
      reported: Object.fromEntries(names.map((name) => [name, { raw: { text: "1" } }])),
      announced: Object.fromEntries(names.map((name) => [name, "STRING" as const])),
    };
    assert.equal(reduce(configured(), event).refusals[0]?.code, "LIMIT");
  });
});

describe("progress", () => {
  const start = () => play(configured(), desire({ red: "ON" })).device;
  const progress = (
    phase: "applying" | "applied" | "verified" | "failed",
    version = 1,
    reason?: string,
  ): TwinEvent => ({
    kind: "progress",
    at: 30,
    property: "red",
    version,
    phase,
    ...(reason !== undefined && { reason }),
  });

  test("counts attempts and records the version that reached the device", () => {
    const { device } = play(
      start(),
      progress("applying"),
      progress("failed", 1, "no answer"),
      progress("applying"),
      progress("applied"),
    );
    assert.equal(twin(device, "red").progress?.attempts, 2);
    assert.equal(twin(device, "red").appliedVersion, 1);
  });

  test("of an older version does not touch the newer desired value", () => {
    const { device } = play(start(), desire({ red: "OFF" }), progress("verified", 1));
    assert.equal(twin(device, "red").progress?.phase, "pending");
    assert.equal(twin(device, "red").progress?.version, 2);
    assert.equal(twin(device, "red").appliedVersion, 1);
  });

  test("logs a repeated failure with the same reason once", () => {
    const first = play(start(), progress("failed", 1, "no answer"));
    assert.equal(first.outcome.causes.length, 1);
    assert.equal(play(first.device, progress("failed", 1, "no answer")).outcome.causes.length, 0);
  });
});

describe("a new configuration", () => {
  test("keeps twins, drops those of properties that are gone, and rejects desired values that no longer fit", () => {
    const before = play(configured(), desire({ level: "80", red: "ON" })).device;
    const narrower = defineModel("light", {
      level: p.int64({ max: 50n, access: "rw" }),
      green: p.string({ access: "rw" }),
    });
    const { device } = play(before, { kind: "configure", at: 40, origin: somebody, shape: shapeOf(narrower) });
    assert.equal(twin(device, "level").progress?.phase, "rejected");
    assert.equal(device.twins.has("red"), false);
    assert.equal(device.twins.has("green"), true);
  });

  test("that is the old one stores nothing", () => {
    const { outcome } = play(configured(), { kind: "configure", at: 40, origin: somebody, shape: shapeOf(light) });
    assert.equal(
      outcome.effects.some(({ kind }) => kind === "persist"),
      false,
    );
  });

  test("converts a desired value to the new type where that loses nothing", () => {
    const before = play(configured(), desire({ level: "80" })).device;
    const text = defineModel("light", { level: p.string({ access: "rw" }) });
    const { device } = play(before, { kind: "configure", at: 40, origin: somebody, shape: shapeOf(text) });
    assert.equal(twin(device, "level").desired?.value, "80");
  });
});

test("a restart makes outstanding versions pending and readings stale, and touches nothing else", () => {
  const applying: TwinEvent = { kind: "progress", at: 11, property: "red", version: 1, phase: "applying" };
  const before = play(configured(), desire({ red: "ON" }), applying, report({ lux: "3" })).device;
  const { device, outcome } = play(before, { kind: "restart", at: 60 });
  assert.equal(twin(device, "red").progress?.phase, "pending");
  assert.equal(twin(device, "lux").reported?.quality, "stale");
  assert.deepEqual(outcome.effects, []);
});

test("the same health over and over is stored once", () => {
  const online: TwinEvent = { kind: "health", at: 5, origin: somebody, state: "online" };
  const first = play(configured(), online);
  assert.deepEqual(first.outcome.effects[0], { kind: "persist", durability: "lazy" });
  const second = play(first.device, { ...online, at: 6 });
  assert.deepEqual(second.outcome.effects, [{ kind: "publish" }]);
  assert.equal(second.device.health.lastOnlineAt, 6);
});
