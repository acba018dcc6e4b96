import { u16 } from "./bytes.ts";
import { EmulatedDevice } from "./emulated-device.ts";
import type { EmulatedAttribute, ZclEndpoint } from "./zcl-endpoint.ts";
import { type ZclFrame, zclStatus } from "./zcl-frame.ts";

/** Clusters of the emulated devices (Zigbee Cluster Library). */
export const clusters = {
  basic: 0x0000,
  powerConfiguration: 0x0001,
  identify: 0x0003,
  onOff: 0x0006,
  level: 0x0008,
  color: 0x0300,
  temperature: 0x0402,
  humidity: 0x0405,
  occupancy: 0x0406,
  iasZone: 0x0500,
  metering: 0x0702,
  electrical: 0x0b04,
} as const;

/** Basic cluster (3.2): version, maker, model, and the source of power: mains 1, battery 3. */
const basic = (maker: string, model: string, power: 1 | 3): Record<number, EmulatedAttribute> => ({
  0: ["uint8", 8],
  1: ["uint8", 1],
  2: ["uint8", 1],
  3: ["uint8", 1],
  4: ["string", maker],
  5: ["string", model],
  6: ["string", "20260101"],
  7: ["enum8", power],
  16384: ["string", "1.0.0"],
});

/** On/off cluster (3.8.2.3): off 0, on 1, toggle 2. */
function switchCommand(endpoint: ZclEndpoint, { command }: ZclFrame): number {
  if (command > 2) return zclStatus.unsupportedCommand;
  endpoint.set(clusters.onOff, 0, command === 2 ? endpoint.get(clusters.onOff, 0) !== true : command === 1);
  return zclStatus.success;
}

/** Level cluster (3.10.2.4): move to level 0, and 4 with the on/off cluster following. */
function levelCommand(endpoint: ZclEndpoint, { command, payload }: ZclFrame): number {
  if (command !== 0 && command !== 4) return zclStatus.unsupportedCommand;
  const level = payload.readUInt8(0);
  endpoint.set(clusters.level, 0, level);
  if (command === 4) endpoint.set(clusters.onOff, 0, level > 0);
  return zclStatus.success;
}

/** Color cluster (5.2.2.3): move to color 7, move to color temperature 10. */
function colorCommand(endpoint: ZclEndpoint, { command, payload }: ZclFrame): number {
  if (command === 0x07) {
    endpoint.set(clusters.color, 3, payload.readUInt16LE(0));
    endpoint.set(clusters.color, 4, payload.readUInt16LE(2));
    endpoint.set(clusters.color, 8, 1);
  } else if (command === 0x0a) {
    endpoint.set(clusters.color, 7, payload.readUInt16LE(0));
    endpoint.set(clusters.color, 8, 2);
  } else return zclStatus.unsupportedCommand;
  return zclStatus.success;
}

/** Identify (3.5.2.3): blink for some seconds. */
function identifyCommand(endpoint: ZclEndpoint, { command, payload }: ZclFrame): number {
  if (command !== 0) return zclStatus.unsupportedCommand;
  endpoint.set(clusters.identify, 0, payload.readUInt16LE(0));
  return zclStatus.success;
}

/** A lamp with colour, colour temperature and level. */
export const colorBulb = (ieee = "0x00124b00aaaa0001"): EmulatedDevice =>
  new EmulatedDevice({
    ieee,
    kind: "router",
    deviceId: 0x010d,
    outClusters: [0x0019],
    clusters: {
      [clusters.basic]: basic("Edgetwin", "ET-BULB-1", 1),
      [clusters.identify]: { 0: ["uint16", 0] },
      [clusters.onOff]: { 0: ["boolean", false] },
      [clusters.level]: { 0: ["uint8", 254] },
      [clusters.color]: {
        3: ["uint16", 20_493],
        4: ["uint16", 21_561],
        7: ["uint16", 370],
        8: ["enum8", 2],
        16394: ["bitmap16", 0x18],
        16395: ["uint16", 153],
        16396: ["uint16", 500],
      },
    },
    commands: {
      [clusters.identify]: identifyCommand,
      [clusters.onOff]: switchCommand,
      [clusters.level]: levelCommand,
      [clusters.color]: colorCommand,
    },
  });

/** A plug that measures power, voltage, current and energy. */
export const meteringPlug = (ieee = "0x00124b00aaaa0002"): EmulatedDevice =>
  new EmulatedDevice({
    ieee,
    kind: "router",
    deviceId: 0x0051,
    outClusters: [0x0019],
    clusters: {
      [clusters.basic]: basic("Edgetwin", "ET-PLUG-1", 1),
      [clusters.identify]: { 0: ["uint16", 0] },
      [clusters.onOff]: { 0: ["boolean", false] },
      [clusters.metering]: {
        0: ["uint48", 123_456],
        769: ["uint24", 1],
        770: ["uint24", 1000],
      },
      [clusters.electrical]: {
        1285: ["uint16", 2301],
        1288: ["uint16", 430],
        1291: ["int16", 985],
        1536: ["uint16", 1],
        1537: ["uint16", 10],
        1538: ["uint16", 1],
        1539: ["uint16", 1000],
        1540: ["uint16", 1],
        1541: ["uint16", 10],
      },
    },
    commands: { [clusters.identify]: identifyCommand, [clusters.onOff]: switchCommand },
  });

/** A thermometer on a battery, with humidity. */
export const temperatureSensor = (ieee = "0x00124b00aaaa0003"): EmulatedDevice =>
  new EmulatedDevice({
    ieee,
    kind: "sleepy",
    deviceId: 0x0302,
    clusters: {
      [clusters.basic]: basic("Edgetwin", "ET-TEMP-1", 3),
      [clusters.powerConfiguration]: { 32: ["uint8", 30], 33: ["uint8", 180] },
      [clusters.identify]: { 0: ["uint16", 0] },
      [clusters.temperature]: { 0: ["int16", 2150] },
      [clusters.humidity]: { 0: ["uint16", 4720] },
    },
    commands: { [clusters.identify]: identifyCommand },
  });

/** A contact at a door, on a battery; an IAS zone of type contact switch (8.2.2.2.1.2). */
export const contactSensor = (ieee = "0x00124b00aaaa0004"): EmulatedDevice =>
  new EmulatedDevice({
    ieee,
    kind: "sleepy",
    deviceId: 0x0402,
    clusters: {
      [clusters.basic]: basic("Edgetwin", "ET-DOOR-1", 3),
      [clusters.powerConfiguration]: { 32: ["uint8", 30], 33: ["uint8", 200] },
      [clusters.identify]: { 0: ["uint16", 0] },
      [clusters.iasZone]: {
        0: ["enum8", 0],
        1: ["enum16", 0x0015],
        2: ["bitmap16", 0],
        16: ["ieee", "0x0000000000000000"],
        17: ["uint8", 0xff],
      },
    },
    commands: { [clusters.iasZone]: enrolCommand },
  });

/** Zone enrol response (8.2.2.4.1.1): the zone is enrolled from now on. */
function enrolCommand(endpoint: ZclEndpoint, { command, payload }: ZclFrame): number {
  if (command !== 0) return zclStatus.unsupportedCommand;
  endpoint.set(clusters.iasZone, 0, 1);
  endpoint.set(clusters.iasZone, 17, payload.readUInt8(1));
  return zclStatus.success;
}

/** Opens or closes the contact: it says so by itself (zone status change notification, 8.2.2.4.1.2). */
export function setContact(device: EmulatedDevice, open: boolean): void {
  const status = open ? 1 : 0;
  device.set(clusters.iasZone, 2, status);
  const delay = u16(0);
  device.endpoint.notify(clusters.iasZone, 0, Buffer.concat([u16(status), Buffer.of(0, 0), delay]));
}
