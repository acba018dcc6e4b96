import assert from "node:assert/strict";
import { test } from "node:test";
import { annotations, checkDevice, type Device, type DeviceModel, formatIssue } from "./index.ts";

const model: DeviceModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: {
    name: "light",
    annotations: {
      [annotations.enums]: '{"red":["OFF","ON"],"green":["OFF","ON"]}',
      [annotations.safety]: '{"interlocks":[{"never":{"red":"ON","green":"ON"},"because":"cars would crash"}]}',
    },
  },
  spec: {
    protocol: "gpio",
    properties: [
      { name: "red", type: "STRING", accessMode: "ReadWrite" },
      { name: "green", type: "STRING", accessMode: "ReadWrite" },
      { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "10" },
      { name: "door", type: "BOOLEAN", accessMode: "ReadOnly" },
      { name: "saveVideo", type: "STREAM", accessMode: "ReadOnly" },
    ],
  },
};

const deviceWith = (spec: Partial<Device["spec"]>): Device => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name: "lamp", namespace: "home" },
  spec: { deviceModelRef: { name: "light" }, ...spec },
});

const linesOf = (spec: Partial<Device["spec"]>) =>
  checkDevice(deviceWith(spec), model).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);

test("a device that fits its model has no issues", () => {
  const visitors = { protocolName: "gpio", configData: { pin: 26 } };
  const properties = [
    { name: "red", desired: { value: "on" }, visitors, collectCycle: 0 },
    { name: "green", desired: { value: "OFF" }, visitors },
    { name: "level", desired: { value: "" }, visitors },
  ];
  assert.deepEqual(linesOf({ properties, protocol: { protocolName: "gpio" } }), []);
});

test("issues carry the device, the path and the value", () => {
  const [issue] = checkDevice(deviceWith({ properties: [{ name: "rad" }] }), model);
  assert.deepEqual(issue, {
    severity: "error",
    resource: "Device home/lamp",
    path: "spec.properties[0].name",
    value: "rad",
    message: 'model "light" has no property "rad"; did you mean "red"?',
  });
});

const faults: readonly (readonly [what: string, spec: Partial<Device["spec"]>, line: RegExp])[] = [
  ["another model", { deviceModelRef: { name: "lite" } }, /^error spec\.deviceModelRef\.name: refers to "lite"/],
  [
    "a desired value that is too large",
    { properties: [{ name: "level", desired: { value: "11" } }] },
    /^error .*desired\.value: expected a whole number from 0 to 10, got 11$/,
  ],
  [
    "a desired value of the wrong type",
    { properties: [{ name: "level", desired: { value: "high" } }] },
    /^error .*expected a whole number such as 30.*got "high"$/,
  ],
  [
    "a desired value that is no option",
    { properties: [{ name: "red", desired: { value: "ONN" } }] },
    /^error .*got "ONN"; did you mean "ON"\?$/,
  ],
  [
    "a desired value of a read-only property",
    { properties: [{ name: "door", desired: { value: "true" } }] },
    /^error .*"door" is read-only/,
  ],
  [
    "a desired value of a STREAM",
    { properties: [{ name: "saveVideo", desired: { value: "1" } }] },
    /^error .*is a STREAM/,
  ],
  [
    "a property that is there twice",
    { properties: [{ name: "red" }, { name: "red" }] },
    /^error spec\.properties\[1\]\.name: "red" is already at/,
  ],
  [
    "a negative cycle",
    { properties: [{ name: "red", collectCycle: -1 }] },
    /^error .*collectCycle: expected milliseconds from 0, got -1; .*reportToCloud: false$/,
  ],
  [
    "desired values that break an interlock",
    {
      properties: [
        { name: "red", desired: { value: "ON" } },
        { name: "green", desired: { value: "on" } },
      ],
    },
    /^error spec\.properties: the model forbids red="ON" with green="ON": cars would crash/,
  ],
  [
    "a property that cannot be found on the device",
    { protocol: { protocolName: "gpio" }, properties: [{ name: "red" }] },
    /^warning .*visitors: "red" has no visitors/,
  ],
  [
    "a protocol that is not the model's",
    { protocol: { protocolName: "modbus" } },
    /^warning .*"modbus" is not the protocol of the model, "gpio"/,
  ],
  [
    "a method with an unknown property",
    { methods: [{ name: "all", propertyNames: ["red", "gren"] }] },
    /^warning spec\.methods\[0\]\.propertyNames: the model has no property "gren"; did you mean "green"\?/,
  ],
];

test("points out closed loops that verify nothing", () => {
  const note = { [annotations.verify]: '{"level":{"by":"dor","when":{"*":{"equals":true}}}}' };
  const noted = deviceWith({});
  const [issue] = checkDevice({ ...noted, metadata: { ...noted.metadata, annotations: note } }, model);
  assert.equal(issue?.severity, "error");
  assert.match(
    formatIssue(issue),
    /verify"\]\.level\.by: expected .* another property, got "dor"; did you mean "door"/,
  );
});

for (const [what, spec, line] of faults) {
  test(`points out ${what}`, () => {
    const lines = linesOf(spec);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", line);
  });
}
