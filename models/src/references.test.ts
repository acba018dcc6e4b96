import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDevice } from "./check-device.ts";
import { referencesOf, resolveReferences } from "./references.ts";
import type { Device, DeviceModel } from "./v1beta1.ts";

const model: DeviceModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "meter" },
  spec: {
    protocolConfigData: { user: { configMapRef: { name: "line", key: "user" } } },
    properties: [
      {
        name: "watts",
        type: "INT",
        accessMode: "ReadOnly",
        visitors: { configData: { pin: { secretRef: { name: "s", key: "k" } } } },
      },
      { name: "volts", type: "INT", accessMode: "ReadOnly" },
    ],
  },
};
const device = (configData: Record<string, unknown>, visitor: Record<string, unknown> = {}): Device => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name: "m1", namespace: "default" },
  spec: {
    deviceModelRef: { name: "meter" },
    protocol: { protocolName: "x", configData },
    properties: [{ name: "volts", visitors: { protocolName: "x", configData: visitor } }],
  },
});
const password = { secretRef: { name: "mqtt", key: "password" } };

test("references are found in connection, visitors and the model, each once", () => {
  const found = referencesOf(device({ password, tls: { keys: [password] } }, { topic: password }), model);
  assert.deepEqual(
    found.map(({ kind, name, key }) => `${kind} ${name} ${key}`),
    ["ConfigMap line user", "Secret mqtt password", "Secret s k"],
  );
  assert.deepEqual(referencesOf(device({ host: "x" }), undefined), []);
});

test("values stand in place of references; what is not there is named, and nothing else changes", () => {
  const settings = { host: "h", tls: { keys: [password, 1] }, user: { configMapRef: { name: "c", key: "u" } } };
  const known = resolveReferences(settings, ({ kind }) => (kind === "Secret" ? "hunter2" : "me"));
  assert.deepEqual(known, { value: { host: "h", tls: { keys: ["hunter2", 1] }, user: "me" }, missing: [] });
  const unknown = resolveReferences(settings, () => undefined);
  assert.deepEqual(unknown.missing, [
    { kind: "Secret", name: "mqtt", key: "password" },
    { kind: "ConfigMap", name: "c", key: "u" },
  ]);
  const plain = { a: [1, { b: 2 }] };
  assert.equal(resolveReferences(plain, () => "x").value, plain);
});

test("a reference that cannot be understood is told with its path and the fix", () => {
  const wrong = (value: unknown) =>
    checkDevice(device({ password: value }), model)
      .filter(({ severity }) => severity === "error")
      .map(({ path, message }) => `${path}: ${message}`);
  const at = "spec.protocol.configData.password";
  assert.deepEqual(wrong(password), []);
  assert.deepEqual(wrong({ secretRef: "mqtt" }), [
    `${at}: secretRef: expected an object with name and key, e.g. {name: mqtt, key: password}`,
  ]);
  assert.deepEqual(wrong({ secretRef: { name: "mqtt" } }), [
    `${at}: secretRef.key: is missing; expected the key as text`,
  ]);
  assert.deepEqual(wrong({ ...password, or: 1 }), [
    `${at}: secretRef stands for the whole setting; remove "or" beside it`,
  ]);
  assert.deepEqual(wrong({ configMapRef: { name: "c", key: "k", optional: true } }), [
    `${at}: configMapRef.optional: is not known here; it takes name and key`,
  ]);
});
