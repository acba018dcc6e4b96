import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../../test/fixtures.ts";
import {
  annotations,
  type ConversionContext,
  type Device,
  type DeviceModel,
  type DeviceStatus,
  fromV1beta1,
  ModelError,
  parseManifests,
  type Resource,
  toV1beta1,
} from "../index.ts";

type Loose = Readonly<Record<string, unknown>> & {
  readonly metadata: { readonly annotations?: Record<string, string> };
};

const v1alpha2 = (spec: object, status?: object): Resource =>
  ({
    apiVersion: "devices.kubeedge.io/v1alpha2",
    kind: "Device",
    metadata: { name: "lamp" },
    spec: { deviceModelRef: { name: "led" }, ...spec },
    ...(status && { status }),
  }) as Resource;

const v1alpha1 = (spec: object): Resource =>
  ({ ...v1alpha2(spec), apiVersion: "devices.kubeedge.io/v1alpha1" }) as Resource;

const device = (spec: object): Device =>
  ({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: "lamp" },
    spec: { deviceModelRef: { name: "led" }, ...spec },
  }) as Device;

const up = (resource: Resource, context?: ConversionContext) => toV1beta1(resource, context) as Device;
const loose = (resource: unknown) => resource as Loose & { spec: Readonly<Record<string, unknown>> };
const down = (
  resource: Device | DeviceModel | DeviceStatus,
  version: "v1alpha1" | "v1alpha2",
  context?: ConversionContext,
) => loose(fromV1beta1(resource, version, context));

async function load(file: string, kind: string): Promise<Resource> {
  const found = (await parseManifests(fixture(file))).resources.find((resource) => resource.kind === kind);
  assert.ok(found);
  return found;
}

test("the traffic light of 2019 becomes what one would write by hand, and needs no remainder", async () => {
  const light = up(await load("first-manifests/traffic-light.yaml", "Device"));
  assert.equal(light.spec.nodeName, "192.168.4.22-pi2");
  assert.deepEqual(light.spec.properties?.[0], {
    name: "red",
    desired: { metadata: { type: "string" }, value: "OFF" },
    reportToCloud: true,
  });
  assert.deepEqual(Object.keys(light.metadata.annotations ?? {}), [annotations.nodeSelector]);
  const model = toV1beta1(await load("first-manifests/traffic-light.yaml", "DeviceModel"));
  assert.deepEqual(model.metadata.annotations, {
    [annotations.defaultValues]:
      '{"red":"OFF","yellow":"OFF","green":"OFF","red-pin-number":25,"green-pin-number":23,"yellow-pin-number":24}',
  });
});

test("a Modbus device is flattened, whichever way its bus is written", () => {
  const com = { serialPort: "/dev/ttyS0", baudRate: 9600, dataBits: 8, parity: "even", stopBits: 1 };
  const configData = { ...com, slaveID: 3 };
  const old = up(v1alpha1({ protocol: { modbus: { rtu: configData } } }));
  const newer = up(v1alpha2({ protocol: { modbus: { slaveID: 3 }, common: { com } } }));
  for (const { spec } of [old, newer]) assert.deepEqual(spec.protocol, { protocolName: "modbus", configData });
  const tcp = { ip: "10.0.0.1", port: 502 };
  const overTcp = up(v1alpha1({ protocol: { modbus: { tcp: { ...tcp, slaveID: "7" } } } }));
  assert.deepEqual(overTcp.spec.protocol?.configData, { ...tcp, slaveID: 7 });
  assert.deepEqual(down(overTcp, "v1alpha2").spec.protocol, { modbus: { slaveID: 7 }, common: { tcp } });
});

test("a unit that is no number stays text and comes back", () => {
  const odd = v1alpha1({ protocol: { modbus: { tcp: { ip: "a", port: 1, slaveID: "01" } } } });
  assert.equal(up(odd).spec.protocol?.configData?.slaveID, 1);
  assert.deepEqual(fromV1beta1(up(odd), "v1alpha1"), odd);
  const text = v1alpha1({ protocol: { modbus: { tcp: { ip: "a", port: 1, slaveID: "x" } } } });
  assert.equal(up(text).spec.protocol?.configData?.slaveID, "x");
});

test("cycles are milliseconds in v1beta1, never shorter than asked for, and exact on the way back", () => {
  const visitor = (collectCycle: number | bigint) => ({ propertyName: "a", collectCycle, customizedValues: { x: 1 } });
  const cycle = (value: number | bigint) => up(v1alpha2({ propertyVisitors: [visitor(value)] })).spec.properties?.[0];
  assert.equal(cycle(3_000_000_000)?.collectCycle, 3000);
  assert.equal(cycle(5000)?.collectCycle, 1);
  assert.equal(cycle(0)?.collectCycle, 0);
  const far = v1alpha2({ propertyVisitors: [visitor(2n ** 63n - 1n)] });
  assert.equal(up(far).spec.properties?.[0]?.collectCycle, 9223372036855);
  assert.deepEqual(fromV1beta1(up(far), "v1alpha2"), far);
  const [back] = down(device({ properties: [{ name: "a", collectCycle: 10_000_000_000 }] }), "v1alpha2").spec
    .propertyVisitors as { collectCycle: unknown }[];
  assert.equal(back?.collectCycle, 10_000_000_000_000_000n);
});

test("a cycle of -1 means never: no cycle and no twin in the cloud", () => {
  const resource = v1alpha2(
    { propertyVisitors: [{ propertyName: "a", collectCycle: -1 }] },
    { twins: [{ propertyName: "a" }] },
  );
  assert.deepEqual(up(resource).spec.properties, [{ name: "a", visitors: { configData: {} }, reportToCloud: false }]);
  assert.deepEqual(fromV1beta1(up(resource), "v1alpha2"), resource);
});

test("nested converters stay nested, and a null field is dropped but comes back", () => {
  const bluetooth = { characteristicUUID: "f0", dataConverter: { startIndex: 1, endIndex: 0 }, dataWrite: null };
  const resource = v1alpha2({ protocol: { bluetooth: {} }, propertyVisitors: [{ propertyName: "a", bluetooth }] });
  assert.deepEqual(up(resource).spec.properties?.[0]?.visitors, {
    protocolName: "bluetooth",
    configData: { characteristicUUID: "f0", dataConverter: { startIndex: 1, endIndex: 0 } },
  });
  assert.deepEqual(fromV1beta1(up(resource), "v1alpha2"), resource);
});

test("a twin without visitor gets an empty one where there is a mapper to look at it", () => {
  const twins = { twins: [{ propertyName: "a" }] };
  const withProtocol = up(v1alpha2({ protocol: { opcua: { url: "u" } } }, twins)).spec.properties?.[0];
  assert.deepEqual(withProtocol?.visitors, { protocolName: "opcua", configData: {} });
  assert.equal(up(v1alpha2({}, twins)).spec.properties?.[0]?.visitors, undefined);
});

test("time series go to the local broker, and back", () => {
  const data = { dataProperties: [{ propertyName: "a" }] };
  const named = up(v1alpha2({ data: { ...data, dataTopic: "t" } })).spec.properties?.[0];
  assert.deepEqual(named?.pushMethod, { mqtt: { address: "tcp://127.0.0.1:1883", topic: "t" } });
  const plain = up(v1alpha2({ data }));
  assert.deepEqual(plain.spec.properties?.[0]?.pushMethod?.mqtt, {
    address: "tcp://127.0.0.1:1883",
    topic: "$ke/events/device/lamp/data/update",
  });
  assert.deepEqual(down(plain, "v1alpha2").spec.data, data);
});

test("v1alpha1 visitors move into the model, with the protocol they speak", () => {
  const modbus = { register: "CoilRegister", offset: 2, limit: 1 };
  const model = {
    apiVersion: "devices.kubeedge.io/v1alpha1",
    kind: "DeviceModel",
    metadata: { name: "led" },
    spec: {
      properties: [{ name: "a", type: { int: { accessMode: "ReadOnly", minimum: 0, maximum: 9007199254740993n } } }],
      propertyVisitors: [{ propertyName: "a", modbus }],
    },
  } as Resource;
  const { spec, metadata } = toV1beta1(model) as DeviceModel;
  assert.deepEqual(spec, {
    protocol: "modbus",
    properties: [
      {
        name: "a",
        type: "INT",
        accessMode: "ReadOnly",
        minimum: "0",
        maximum: "9007199254740993",
        visitors: { protocolName: "modbus", configData: modbus },
      },
    ],
  });
  assert.equal(metadata.annotations, undefined);
});

test("where the model leaves the protocol open, its devices say it, and the other way round", () => {
  const model = {
    apiVersion: "devices.kubeedge.io/v1alpha2",
    kind: "DeviceModel",
    metadata: { name: "led" },
    spec: {},
  } as Resource;
  const devices = [v1alpha2({ protocol: { customizedProtocol: { protocolName: "dali" } } })];
  assert.equal((toV1beta1(model, { devices }) as DeviceModel).spec.protocol, "dali");
  const elsewhere = { ...devices[0], metadata: { name: "lamp", namespace: "other" } } as Resource;
  assert.equal((toV1beta1(model, { devices: [elsewhere] }) as DeviceModel).spec.protocol, undefined);
  const models = [{ ...model, spec: { protocol: "gpio" } } as Resource];
  assert.deepEqual(up(v1alpha2({}), { models }).spec.protocol, { protocolName: "gpio", configData: {} });
});

test("a v1beta1 device takes its model's default visitors along to v1alpha2", () => {
  const model = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "led" },
    spec: { properties: [{ name: "a", visitors: { protocolName: "modbus", configData: { offset: 1, limit: 1 } } }] },
  } as unknown as DeviceModel;
  const own = device({ properties: [{ name: "a", visitors: { protocolName: "modbus", configData: { offset: 9 } } }] });
  const { propertyVisitors } = down(own, "v1alpha2", { models: [model] }).spec;
  assert.deepEqual(propertyVisitors, [{ propertyName: "a", modbus: { offset: 9, limit: 1 } }]);
});

test("types that v1alpha1 does not know travel as text, and a STREAM is left out with a warning", () => {
  const model = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "led" },
    spec: {
      properties: [
        { name: "a", type: "DOUBLE", accessMode: "ReadOnly", minimum: "0.5" },
        { name: "saveFrame", type: "STREAM", accessMode: "ReadOnly" },
      ],
    },
  } as const satisfies DeviceModel;
  const warnings: string[] = [];
  const older = down(model, "v1alpha1", { warn: (message) => warnings.push(message) });
  assert.deepEqual(older.spec.properties, [{ name: "a", type: { string: { accessMode: "ReadOnly" } } }]);
  assert.deepEqual(warnings, ["property saveFrame is a STREAM, which v1alpha1 does not have; it is left out"]);
  const [double] = down(model, "v1alpha2").spec.properties as unknown[];
  assert.deepEqual(double, { name: "a", type: { double: { accessMode: "ReadOnly", minimum: 0.5 } } });
});

test("what people change in v1beta1 wins over what is remembered", async () => {
  const original = await load("kubeedge-examples/mappers-go-samples/random-device-instance.yaml", "Device");
  const converted = up(original);
  const edited: Device = {
    ...converted,
    spec: {
      ...converted.spec,
      nodeName: "elsewhere",
      protocol: { protocolName: "virtualProtocol", configData: { deviceID: 2, protocolID: 5 } },
      properties: (converted.spec.properties ?? [])
        .filter(({ name }) => name !== "random-int")
        .map((property) => ({ ...property, desired: { value: "31" } })),
    },
  };
  const back = fromV1beta1(edited, "v1alpha2");
  const again = up(back);
  assert.equal(again.spec.nodeName, "elsewhere");
  assert.deepEqual(again.spec.protocol, edited.spec.protocol);
  assert.deepEqual(again.spec.properties, edited.spec.properties);
});

test("a node that is renamed in v1beta1 is renamed in the selector", async () => {
  const light = up(await load("first-manifests/traffic-light.yaml", "Device"));
  const moved = { ...light, spec: { ...light.spec, nodeName: "pi3" } };
  assert.deepEqual(down(moved, "v1alpha1").spec.nodeSelector, {
    nodeSelectorTerms: [{ matchExpressions: [{ key: "", operator: "In", values: ["pi3"] }] }],
  });
});

test("a damaged remainder is ignored and reported", () => {
  for (const text of ["{", "[1]", '[{"at":"spec"}]', '[{"at":[5]}]', '[{"at":[],"order":5}]']) {
    const warnings: string[] = [];
    const damaged = device({});
    const { annotations: _, ...metadata } = damaged.metadata;
    const resource = { ...damaged, metadata: { ...metadata, annotations: { [annotations.v1alpha2Remainder]: text } } };
    const older = down(resource, "v1alpha2", { warn: (message) => warnings.push(message) });
    assert.equal(older.metadata.annotations?.[annotations.v1alpha2Remainder], undefined);
    assert.deepEqual(warnings, [
      `the annotation ${annotations.v1alpha2Remainder} cannot be read and is ignored; remove it`,
    ]);
  }
});

test("a DeviceStatus has no v1alpha1 form", () => {
  const status = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceStatus",
    metadata: { name: "a" },
    status: {},
  } as const;
  assert.throws(
    () => fromV1beta1(status, "v1alpha1"),
    (error) =>
      error instanceof ModelError && error.code === "CONVERSION_UNSUPPORTED" && /read the twins/.test(error.message),
  );
});

test("v1beta1 itself needs no conversion", () => {
  const resource = device({});
  assert.equal(toV1beta1(resource), resource);
  assert.equal(fromV1beta1(resource, "v1beta1"), resource);
});
