import { after, before } from "node:test";
import { type DeviceConfig, defineModel, p } from "@edgetwin/mapper-sdk";
import { type ManualClock, SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { zigbee } from "../src/index.ts";
import {
  clusters,
  colorBulb,
  contactSensor,
  type EmulatedDevice,
  meteringPlug,
  setContact,
  temperatureSensor,
  type ZclValue,
} from "../src/testing/index.ts";
import { hurryLibrary, ZigbeeBench } from "./zigbee-bench.ts";

hurryLibrary();

const bulb = colorBulb();
const plug = meteringPlug();
const thermometer = temperatureSensor();
const door = contactSensor();
const bench = new ZigbeeBench();

before(async () => {
  await bench.start();
  await bench.join(bulb, plug, thermometer, door);
});
after(() => bench[Symbol.asyncDispose]());

/** A board for a device; one that sleeps has just said something, so that it listens. */
const boardOf = (device: EmulatedDevice) => async (clock: ManualClock) => {
  device.endpoint.report(clusters.basic, 0);
  await bench.settle();
  return new SimBoard({ clock });
};
const settle = () => bench.settle();
/** A change at the device, which it reports. */
const tells =
  (device: EmulatedDevice, [cluster, attribute]: readonly [number, number], value: ZclValue) =>
  () => {
    device.endpoint.put(cluster, attribute, value);
    device.endpoint.report(cluster, attribute);
  };

const lampVisitors = {
  power: { feature: "onOff" },
  level: { feature: "level" },
  "color-temperature": { feature: "colorTemperature" },
  color: { feature: "color" },
  version: { cluster: "genBasic", attribute: "zclVersion" },
  quality: { feature: "linkQuality" },
};
const lamp = (changes: Readonly<Record<string, unknown>>): DeviceConfig => ({
  connection: { ieee: bulb.ieee, ...changes },
  visitors: lampVisitors,
});
const lampWith = (name: keyof typeof lampVisitors, visitor: object): DeviceConfig => ({
  connection: { ieee: bulb.ieee },
  visitors: { ...lampVisitors, [name]: visitor },
});

const methods = {
  identify: { input: { seconds: 3 }, badInputs: [{ seconds: 0 }, { second: 3 }] },
  interview: {},
  configureReporting: {},
  bind: {
    input: { cluster: "genOnOff", target: plug.ieee },
    badInputs: [{}, { cluster: "genOnOff" }, { cluster: "genOnOff", target: "lamp" }],
  },
  unbind: {
    input: { cluster: "genOnOff", target: plug.ieee },
    badInputs: [{}, { cluster: "genOnOff", target: plug.ieee, endpoint: 300 }],
  },
};

testMapperContract(
  zigbee.serve(
    defineModel("lamp", {
      power: p.boolean({ access: "rw" }),
      level: p.int({ access: "rw", min: 0, max: 100 }),
      "color-temperature": p.int({ access: "rw" }),
      color: p.string({ access: "rw" }),
      version: p.int(),
      quality: p.int(),
    }),
  ),
  {
    board: boardOf(bulb),
    settle,
    config: lamp({}),
    badConfigs: [
      {},
      lamp({ ieee: undefined }),
      lamp({ ieee: "0x1234" }),
      lamp({ path: "ttyUSB0" }),
      lamp({ path: "tcp://host" }),
      lamp({ timeoutMs: 10 }),
      lamp({ offlineAfter: "soon" }),
      lamp({ ieeeAddress: "0x00124b00aaaa0001" }),
      lampWith("power", {}),
      lampWith("power", { feature: "onoff" }),
      lampWith("power", { feature: "level" }),
      lampWith("power", { feature: "onOff", cluster: "genOnOff" }),
      lampWith("level", { feature: "temperature" }),
      lampWith("version", { cluster: "genBasic" }),
      lampWith("version", { cluster: "genBasic", attribute: 70_000 }),
      lampWith("version", { cluster: "genBasic", attribute: "zclVersion", scale: 0 }),
      lampWith("color", { feature: "color", endpoint: 0 }),
    ],
    writes: {
      power: [true, false],
      level: [1, 37, 100],
      "color-temperature": [250, 400],
      color: ["0.7006,0.2993", "0.1700,0.7000"],
    },
    pushes: {
      power: [
        { change: tells(bulb, [6, 0], true), value: true },
        { change: tells(bulb, [6, 0], false), value: false },
      ],
      level: [
        { change: tells(bulb, [8, 0], 127), value: 50 },
        { change: tells(bulb, [8, 0], 254), value: 100 },
      ],
      "color-temperature": [
        { change: tells(bulb, [0x300, 7], 300), value: 300 },
        { change: tells(bulb, [0x300, 7], 301), value: 301 },
      ],
      // Of a colour both coordinates count, whichever is reported.
      color: [
        { change: tells(bulb, [0x300, 3], 0x4000), value: "0.2500,0.7000" },
        { change: tells(bulb, [0x300, 3], 0x8000), value: "0.5000,0.7000" },
      ],
    },
    methods,
  },
);

testMapperContract(
  zigbee.serve(
    defineModel("plug", {
      power: p.oneOf(["OFF", "ON"], { access: "rw" }),
      "active-power": p.float({ unit: "W" }),
      voltage: p.float({ unit: "V" }),
      energy: p.double({ unit: "kWh" }),
    }),
  ),
  {
    board: boardOf(plug),
    settle,
    config: {
      connection: { ieee: plug.ieee },
      visitors: {
        power: { feature: "onOff" },
        "active-power": { feature: "power" },
        voltage: { feature: "voltage", polled: true },
        energy: { feature: "energy" },
      },
    },
    badConfigs: [{ connection: { ieee: plug.ieee } }],
    writes: { power: ["ON", "OFF"] },
    pushes: {
      power: [
        { change: tells(plug, [6, 0], true), value: "ON" },
        { change: tells(plug, [6, 0], false), value: "OFF" },
      ],
      "active-power": [
        { change: tells(plug, [0x0b04, 0x050b], 1234), value: 123.4 },
        { change: tells(plug, [0x0b04, 0x050b], -15), value: -1.5 },
      ],
      energy: [
        { change: tells(plug, [0x0702, 0], 200_000), value: 200 },
        { change: tells(plug, [0x0702, 0], 200_001), value: 200.001 },
      ],
    },
    methods,
  },
);

testMapperContract(
  zigbee.serve(
    defineModel("thermometer", { temperature: p.float({ unit: "Cel" }), humidity: p.double({ unit: "%" }) }),
  ),
  {
    board: boardOf(thermometer),
    settle,
    config: {
      connection: { ieee: thermometer.ieee },
      visitors: { temperature: { feature: "temperature" }, humidity: { feature: "humidity", report: { max: 600 } } },
    },
    badConfigs: [{}],
    writes: {},
    pushes: {
      temperature: [
        { change: tells(thermometer, [0x0402, 0], -512), value: -5.12 },
        { change: tells(thermometer, [0x0402, 0], 2150), value: 21.5 },
      ],
      humidity: [
        { change: tells(thermometer, [0x0405, 0], 5001), value: 50.01 },
        { change: tells(thermometer, [0x0405, 0], 4720), value: 47.2 },
      ],
    },
    methods,
  },
);

testMapperContract(zigbee.serve(defineModel("door", { contact: p.boolean(), tamper: p.boolean() })), {
  board: boardOf(door),
  settle,
  config: {
    connection: { ieee: door.ieee },
    visitors: { contact: { feature: "contact" }, tamper: { feature: "tamper" } },
  },
  badConfigs: [{}],
  writes: {},
  pushes: {
    contact: [
      { change: () => setContact(door, true), value: false },
      { change: () => setContact(door, false), value: true },
    ],
    tamper: [{ change: () => setContact(door, true), value: false }],
  },
  methods,
});
