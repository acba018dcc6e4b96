import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, defineProtocol, f, fields, p } from "@edgetwin/mapper-sdk";
import { annotations, type Device, type DeviceModel } from "@edgetwin/models";
import { fixedCatalogue } from "../../test/support/fixed-catalogue.ts";
import { lampMapper } from "../../test/support/lamp-mapper.ts";
import type { DevicePlan } from "../runner/plan.ts";
import type { Catalogue } from "./catalogue.ts";
import { planFor } from "./serve.ts";

const wire = defineProtocol({
  protocol: "wire",
  visitor: fields({ register: f.int(), unit: f.optional(f.int()) }),
  open: () => ({}),
  read: () => 1n,
  write: () => {},
});

const catalogue: Catalogue = fixedCatalogue(lampMapper, wire);

type ModelProperties = NonNullable<DeviceModel["spec"]["properties"]>;
const level: ModelProperties[number] = { name: "level", type: "INT", accessMode: "ReadWrite" };

const meter = (properties: ModelProperties = [level], notes: Record<string, string> = {}): DeviceModel => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "meter", annotations: notes },
  spec: { protocol: "wire", properties },
});

const deviceWith = (configData?: Record<string, unknown>, notes: Record<string, string> = {}): Device => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name: "meter-01", annotations: notes },
  spec: {
    deviceModelRef: { name: "meter" },
    properties: [{ name: "level", collectCycle: 250, ...(configData && { visitors: { configData } }) }],
  },
});

function plan(device: Device, model?: DeviceModel, available = catalogue): DevicePlan {
  const { plan: planned } = planFor(device, model, { catalogue: available });
  assert.ok(!("then" in planned));
  return planned;
}

/** Why a plan does not serve the device. */
function reasonOf(...args: Parameters<typeof plan>): string {
  const planned = plan(...args);
  return planned.kind === "served" ? "served" : `${planned.kind}: ${planned.reason}`;
}

test("a device without its model waits for it", () => {
  assert.equal(reasonOf(deviceWith({ register: 1 })), "unserved: its model meter has not been applied");
});

test("a protocol serves the properties that have a visitor, at their own cycle", () => {
  const planned = plan(deviceWith({ register: 1 }), meter([level, { ...level, name: "elsewhere" }]));
  assert.ok(planned.kind === "served");
  assert.deepEqual(Object.keys(planned.mapper.model.properties), ["level"]);
  assert.deepEqual([...planned.shape.properties.keys()], ["level", "elsewhere"]);
  assert.deepEqual(planned.config.visitors, { level: { register: 1 } });
  assert.equal(planned.cycles.get("level"), 250);
});

test("a visitor without any field, as conversion from older versions leaves it, locates nothing", () => {
  assert.equal(reasonOf(deviceWith({}), meter()), reasonOf(deviceWith(), meter()));
  assert.match(reasonOf(deviceWith({}), meter()), /^unserved: no property of it has a visitor/);
});

test("the visitor of the device goes before that of the model, field by field", () => {
  const located = { ...level, visitors: { configData: { register: 7, unit: 2 } } };
  const planned = plan(deviceWith({ register: 1 }), meter([located]));
  assert.ok(planned.kind === "served");
  assert.deepEqual(planned.config.visitors, { level: { register: 1, unit: 2 } });
});

test("a protocol nobody speaks is named, with the nearest one", () => {
  const model = { ...meter(), spec: { protocol: "wired", properties: [level] } };
  assert.equal(
    reasonOf(deviceWith({ register: 1 }), model),
    'unserved: no installed mapper speaks wired; did you mean "wire"?',
  );
});

test("a typed mapper refuses a manifest model that lacks its properties or has them with another type", () => {
  const model = {
    ...meter([{ ...level, name: "red" }]),
    metadata: { name: "light" },
    spec: { properties: [{ name: "red", type: "INT", accessMode: "ReadWrite" } as const] },
  };
  const reason = reasonOf(deviceWith(), model);
  assert.match(reason, /^refused: /);
  assert.match(reason, /red is INT in the model and STRING in the mapper/);
  assert.match(reason, /the model has no property green/);
});

test("properties of a mapper are looked for in the model, not in Object.prototype", () => {
  const odd = { ...lampMapper, model: defineModel("light", { constructor: p.boolean() }) } as never;
  const model = { ...meter(), metadata: { name: "light" }, spec: { properties: [level] } };
  const reason = reasonOf(deviceWith(), model, fixedCatalogue(odd));
  assert.match(reason, /^refused: .*the model has no property constructor/);
});

test("a model that cannot be used refuses the device instead of failing", () => {
  const reason = reasonOf(deviceWith({ register: 1 }), meter([level], { [annotations.safety]: "{not json" }));
  assert.match(reason, /^refused: .*edgetwin\.io\/safety/);
});

test("closed loops come from the model, and the device's own go before them", () => {
  const flow: ModelProperties[number] = { name: "flow", type: "DOUBLE", accessMode: "ReadOnly" };
  const located = [level, flow].map((property) => ({ ...property, visitors: { configData: { register: 1 } } }));
  const model = (notes: object) => meter(located, { [annotations.verify]: JSON.stringify(notes) });
  const loop = { level: { by: "flow", when: { "*": { min: 1 } } } };
  const planned = plan(deviceWith({ register: 1 }), model(loop));
  assert.ok(planned.kind === "served");
  assert.deepEqual(planned.shape.verify?.get("level")?.conditionFor(5n), { min: 1 });

  const own = { [annotations.verify]: JSON.stringify({ level: { by: "flow", tolerance: 2, within: "1min" } }) };
  const narrower = plan(deviceWith({ register: 1 }, own), model(loop));
  assert.ok(narrower.kind === "served");
  assert.deepEqual(narrower.shape.verify?.get("level")?.conditionFor(5n), { min: 3, max: 7 });

  const refused = (text: string) => reasonOf(deviceWith({ register: 1 }, { [annotations.verify]: text }), model(loop));
  assert.match(
    refused('{"level":{"by":"flwo","tolerance":1}}'),
    /^refused: edgetwin\.io\/verify\.level\.by: .*did you mean "flow"/,
  );
  assert.match(refused("{"), /^refused: annotation edgetwin\.io\/verify is not JSON like/);
  const nowhere = meter([level, flow], { [annotations.verify]: JSON.stringify(loop) });
  assert.match(
    reasonOf(deviceWith({ register: 1 }), nowhere),
    /level\.by: nothing says where "flow" lives on the device/,
  );
});

test("filters come from the device's annotation", () => {
  const notes = { [annotations.filters]: '{"level":{"deadBand":0.5,"heartbeat":"1min"}}' };
  const planned = plan(deviceWith({ register: 1 }, notes), meter());
  assert.ok(planned.kind === "served");
  assert.deepEqual(planned.filters.get("level"), { deadBand: 0.5, heartbeatMs: 60_000 });
});

for (const [text, said] of [
  ["{", /annotation edgetwin\.io\/filters is not JSON/],
  ['{"level":null}', /annotation edgetwin\.io\/filters is not JSON/],
  ['{"level":{"deadBand":-1}}', /edgetwin\.io\/filters, level: deadBand is a number of at least 0/],
  ['{"level":{"heartbeat":"soon"}}', /edgetwin\.io\/filters, level: .*heartbeat a duration/],
] as const) {
  test(`the filters ${text} are refused with what is expected`, () => {
    assert.match(reasonOf(deviceWith({ register: 1 }, { [annotations.filters]: text }), meter()), said);
  });
}
