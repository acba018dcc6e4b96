import assert from "node:assert/strict";
import { test } from "node:test";
import { annotations, type Device, type DeviceModel } from "@edgetwin/models";
import { desiredByManifest, startingValues } from "./desired.ts";

const deviceWith = (desired: Readonly<Record<string, string>>): Device => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name: "lamp" },
  spec: { properties: Object.entries(desired).map(([name, value]) => ({ name, desired: { value } })) },
});

const modelWith = (defaults: string): DeviceModel => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "lamp", annotations: { [annotations.defaultValues]: defaults } },
  spec: {
    properties: [
      { name: "level", type: "INT", accessMode: "ReadWrite" },
      { name: "pin", type: "INT", accessMode: "ReadOnly" },
      { name: "hue", type: "INT", accessMode: "ReadWrite" },
    ],
  },
});

test("a manifest brings every desired value the first time, and later only those it changed", () => {
  const first = deviceWith({ red: "ON", green: "OFF" });
  assert.deepEqual(desiredByManifest(first, undefined), { red: { text: "ON" }, green: { text: "OFF" } });
  assert.deepEqual(desiredByManifest(deviceWith({ red: "OFF", green: "OFF" }), first), { red: { text: "OFF" } });
  assert.deepEqual(desiredByManifest(first, first), {});
});

test("an empty text in a manifest desires nothing", () => {
  assert.deepEqual(desiredByManifest(deviceWith({ red: "" }), undefined), {});
});

test("a property called __proto__ is a name like any other", () => {
  const desired = desiredByManifest(deviceWith(JSON.parse('{"__proto__":"ON"}')), undefined);
  assert.deepEqual(Object.entries(desired), [["__proto__", { text: "ON" }]]);
});

test("defaults of writable properties that the device names are its starting values", () => {
  const device = deviceWith({ level: "", pin: "" });
  const starting = startingValues(modelWith('{"level":5,"pin":17,"hue":3,"unknown":1}'), device);
  assert.deepEqual(starting, { level: { json: 5 } });
});

test("a default beyond 2^53 is not rounded", () => {
  const starting = startingValues(modelWith('{"level":9007199254740993}'), deviceWith({ level: "" }));
  assert.deepEqual(starting, { level: { json: 9007199254740993n } });
});
