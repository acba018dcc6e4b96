import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, type DeviceModel, withModelDefaults } from "./index.ts";

const model: DeviceModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "meter" },
  spec: {
    protocolConfigData: { baudRate: 9600, parity: "even" },
    properties: [
      {
        name: "power",
        type: "INT",
        accessMode: "ReadOnly",
        visitors: { protocolName: "modbus", configData: { offset: 1, limit: 2 } },
      },
      { name: "energy", type: "INT", accessMode: "ReadOnly" },
    ],
  },
};

test("the device's settings win key by key, and properties that only the model has are not added", () => {
  const device: Device = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: "meter-1" },
    spec: {
      protocol: { protocolName: "modbus", configData: { parity: "none" } },
      properties: [
        { name: "power", visitors: { protocolName: "other", configData: { offset: 7 } } },
        { name: "energy" },
      ],
    },
  };
  const { spec } = withModelDefaults(device, model);
  assert.deepEqual(spec.protocol, { protocolName: "modbus", configData: { baudRate: 9600, parity: "none" } });
  assert.deepEqual(spec.properties, [
    { name: "power", visitors: { protocolName: "modbus", configData: { offset: 7, limit: 2 } } },
    { name: "energy" },
  ]);
});

test("a device without properties or protocol gets the model's protocol settings only", () => {
  const device: Device = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: "m" },
    spec: {},
  };
  assert.deepEqual(withModelDefaults(device, model).spec, {
    protocol: { configData: { baudRate: 9600, parity: "even" } },
  });
});
