const at = "2026-11-20T12:00:00.000Z";

const red = {
  propertyName: "red",
  type: "STRING",
  access: "rw",
  options: ["OFF", "ON"],
  desired: { value: "ON", version: 3, at, by: { door: "command", actor: "pi" } },
  phase: "verified",
  phaseAt: at,
  attempts: 1,
  version: 3,
  appliedVersion: 3,
  reported: { value: "ON", version: 5, at, ageMs: 12, source: "mapper gpio", quality: "good" },
};

const metadata = {
  namespace: "default",
  name: "traffic-light-instance-01",
  uid: "0b8ff46e-53d1-4f2c-a9a6-5c4b1f8d2e11",
  generation: 1,
  creationTimestamp: at,
};

const apiVersion = "devices.kubeedge.io/v1beta1";

const device = {
  apiVersion,
  kind: "Device",
  metadata,
  spec: {
    deviceModelRef: { name: "traffic-light" },
    protocol: { protocolName: "gpio" },
    properties: [{ name: "red", visitors: { protocolName: "gpio", configData: { pin: "GPIO26" } } }],
  },
  status: { node: "raspberrypi", state: "online", mapper: { name: "gpio", state: "online" }, twins: [red] },
};

const model = {
  apiVersion,
  kind: "DeviceModel",
  metadata: { ...metadata, name: "traffic-light" },
  spec: { protocol: "gpio", properties: [{ name: "red", type: "STRING", accessMode: "ReadWrite" }] },
};

/** One example for every schema that is a body; a test validates each against its schema. */
export const examples: Readonly<Record<string, unknown>> = {
  Device: device,
  DeviceList: { apiVersion, kind: "DeviceList", items: [device] },
  MapperList: {
    kind: "MapperList",
    items: [
      {
        name: "@edgetwin/mapper-gpio",
        package: "@edgetwin/mapper-gpio",
        home: "inline",
        state: "serving",
        serves: [{ protocol: "gpio" }],
        devices: 3,
      },
      {
        name: "pump",
        package: "./pump.js",
        home: "process",
        state: "away",
        reason: "it was ended by SIGKILL",
        serves: [{ protocol: "serial", model: "pump" }],
        devices: 1,
        process: { restarts: 1, memoryBytes: 134_217_728 },
      },
    ],
  },
  DeviceModel: model,
  DeviceModelList: { apiVersion, kind: "DeviceModelList", items: [model] },
  Twin: red,
  DeviceTwin: { device: "default/traffic-light-instance-01", uid: metadata.uid, properties: { red } },
  TwinPatch: { desired: { red: "ON", green: "OFF" }, ifVersion: { red: 2 } },
  PropertyPatch: { desired: "ON" },
  ApplyResults: {
    items: [{ kind: "Device", id: "default/traffic-light-instance-01", result: "created", warnings: [] }],
  },
  Causes: {
    device: "default/traffic-light-instance-01",
    propertyName: "red",
    items: [
      { seq: 0, at, by: { door: "command", actor: "pi" }, what: "desired", version: 3, value: "ON" },
      { seq: 1, at, by: { door: "mapper", actor: "gpio" }, what: "verified", version: 3 },
    ],
  },
  Session: { mayRead: true, mayWrite: false },
  LogIn: { token: "kJ3vWbq0yQ0n7g2mJ1cL4x8sT5aZ" },
  System: {
    node: "raspberrypi",
    version: "0.1.0",
    nodejs: "v20.19.2",
    board: "Raspberry Pi 4 Model B Rev 1.4",
    startedAt: at,
    memory: { residentBytes: 78_000_000 },
    cpuSeconds: 12.5,
    store: {
      condition: { state: "ok" },
      bytesWritten: { twin: 4096, cause: 2048, resource: 1024, health: 512, other: 65_536 },
      databaseBytes: 65_536,
      walBytes: 8192,
    },
    lines: [{ name: "GPIO26", pin: 37, labels: [], holder: "default/traffic-light-instance-01 red" }],
    buses: [{ bus: "i2c:i2c-1", queueLength: 0, requests: 120, failed: 1, missedPolls: 0, refused: 0 }],
  },
  History: {
    device: "default/meter-01",
    propertyName: "power",
    unit: "W",
    from: at,
    to: at,
    kind: "number",
    items: [{ at, min: 12, max: 14.5, mean: 13.1 }],
  },
  OfferList: {
    items: [
      {
        protocol: "gpio",
        description: "Lists the lines of the board and who holds them; claims none.",
        options: [{ name: "pins", expected: "text", optional: true }],
      },
    ],
  },
  DiscoverRequest: { protocol: "gpio", options: { pins: "GPIO17,GPIO27", as: "output" }, for: "10s" },
  MethodList: {
    device: "default/meter-01",
    items: [
      {
        kind: "mapper",
        name: "reset",
        description: "Starts one register over.",
        input: [{ name: "register", expected: "a whole number from 0 to 1", optional: false }],
      },
      { kind: "properties", name: "tariff", properties: ["day", "night"] },
    ],
  },
  MethodCall: { input: { register: 1 } },
  MethodAnswer: { device: "default/meter-01", method: "reset", output: { litres: 120 } },
  Calls: {
    device: "default/meter-01",
    method: "reset",
    items: [{ seq: 0, at, by: { door: "command", actor: "pi" }, what: "called", reason: 'with {"register":1}' }],
  },
  SinkList: {
    items: [
      {
        sink: "influxdb2",
        address: "http://10.0.0.5:8086/api/v2/write?org=plant&bucket=edge&precision=ms",
        state: "waiting",
        reason: "connect ECONNREFUSED 10.0.0.5:8086",
        retryInMs: 8123,
        devices: ["default/boiler"],
        queued: 1800,
        oldestAgeMs: 1_800_250,
        sent: 86_400,
        dropped: 0,
        refusedValues: 0,
        failures: 31,
        lastSentAt: at,
      },
    ],
  },
  Cloud: {
    state: "waiting",
    reason: "cloud.example:10000 cannot be reached: nobody listens there; check the port, and that the cloud runs",
    retryInMs: 8123,
    node: "raspberrypi",
    server: "cloud.example:10000",
    since: at,
    certificateExpiresAt: at,
    connects: 3,
    reportsConfirmed: 1200,
    devicesWaiting: 2,
    refusedObjects: 0,
  },
  Agent: { node: "raspberrypi", version: "0.1.0", ready: true },
  Health: { alive: true },
  Readiness: { ready: true, checks: [{ check: "store", ok: true, message: "the store takes writes" }] },
  Problem: {
    type: "urn:edgetwin:error:VALUE_INVALID",
    title: "Value invalid",
    status: 422,
    code: "VALUE_INVALID",
    detail: 'red: expected "OFF" or "ON", got "BLINK"',
    instance: "/api/v1/devices/default/traffic-light-instance-01/twin",
    details: [{ property: "red", code: "VALUE_INVALID", message: 'red: expected "OFF" or "ON", got "BLINK"' }],
  },
  TwinEvent: {
    device: "default/traffic-light-instance-01",
    at,
    by: { door: "command", actor: "pi" },
    properties: [red],
  },
};
