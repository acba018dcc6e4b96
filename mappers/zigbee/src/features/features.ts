import { canonicalColor, colorRaw, colorText } from "./color.ts";
import type { Feature, FeatureValue, RawAttributes } from "./feature.ts";

/** Whole numbers of at most 48 bits, which is the most that any attribute here has. */
const number = (raw: unknown): number | undefined =>
  Number.isInteger(raw) && Math.abs(raw as number) < 2 ** 48 ? (raw as number) : undefined;

/** Decodes one number; undefined for what is none, and for the value by which the device says that it knows none. */
const one =
  (attribute: string, decode: (raw: number) => FeatureValue, unknown?: number) =>
  (raw: RawAttributes): FeatureValue | undefined => {
    const value = number(raw[attribute]);
    return value === undefined || value === unknown ? undefined : decode(value);
  };

/** Rounded to `digits`, so that 0.1 stays 0.1. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A number that the device scales itself; what its divisor is not known for is taken as it is. */
const scaled =
  (attribute: string, scaling: { readonly multiplier: string; readonly divisor: string }, unknown?: number) =>
  (raw: RawAttributes): FeatureValue | undefined => {
    const value = number(raw[attribute]);
    if (value === undefined || value === unknown) return undefined;
    return rounded((value * (number(raw[scaling.multiplier]) || 1)) / (number(raw[scaling.divisor]) || 1), 6);
  };

/** How soon a change is told, and how often nothing is: people wait for a switch, nobody for a thermometer. */
const atOnce = { min: 0, max: 300, change: 1 } as const;
const slowly = { min: 10, max: 900 } as const;
const daily = { min: 3600, max: 43_200, change: 2 } as const;

const electrical = { cluster: "haElectricalMeasurement", clusterId: 0x0b04 } as const;
const acPower = { multiplier: "acPowerMultiplier", divisor: "acPowerDivisor" };
const acVoltage = { multiplier: "acVoltageMultiplier", divisor: "acVoltageDivisor" };
const acCurrent = { multiplier: "acCurrentMultiplier", divisor: "acCurrentDivisor" };
const metering = { multiplier: "multiplier", divisor: "divisor" };

/** A bit of the status of an IAS zone (Zigbee Cluster Library 8.2.2.2.1.3). */
const zoneBit = (bit: number, isInverted = false) => ({
  cluster: "ssIasZone",
  clusterId: 0x0500,
  attributes: ["zoneStatus"],
  types: ["BOOLEAN", "STRING"] as const,
  notification: { command: "commandStatusChangeNotification", field: "zonestatus" },
  decode: one("zoneStatus", (raw) => ((raw & (1 << bit)) !== 0) !== isInverted),
});

/** Everything that is known by name, wherever a device has it. */
export const features = {
  onOff: {
    cluster: "genOnOff",
    clusterId: 0x0006,
    attributes: ["onOff"],
    types: ["BOOLEAN", "STRING"],
    property: "power",
    key: "state",
    description: "whether it is switched on",
    decode: one("onOff", (raw) => raw === 1),
    report: atOnce,
    command: (value) => ({ cluster: "genOnOff", command: value === true ? "on" : "off", payload: {} }),
  },
  level: {
    cluster: "genLevelCtrl",
    clusterId: 0x0008,
    attributes: ["currentLevel"],
    types: ["INT"],
    unit: "%",
    min: 0,
    max: 100,
    property: "level",
    key: "brightness",
    description: "brightness; 0 switches it off",
    decode: one("currentLevel", (raw) => Math.round((raw * 100) / 254), 0xff),
    report: { ...atOnce, min: 1 },
    command: (value) => ({
      cluster: "genLevelCtrl",
      command: "moveToLevelWithOnOff",
      payload: { level: Math.round((Number(value) * 254) / 100), transtime: 0 },
    }),
  },
  colorTemperature: {
    cluster: "lightingColorCtrl",
    clusterId: 0x0300,
    attributes: ["colorTemperature"],
    types: ["INT"],
    unit: "mired",
    min: 50,
    max: 1000,
    property: "color-temperature",
    key: "color_temp",
    description: "colour temperature in mired: 1000000 divided by kelvin",
    decode: one("colorTemperature", (raw) => raw, 0),
    report: { ...atOnce, min: 1 },
    command: (value) => ({
      cluster: "lightingColorCtrl",
      command: "moveToColorTemp",
      payload: { colortemp: Number(value), transtime: 0 },
    }),
  },
  color: {
    cluster: "lightingColorCtrl",
    clusterId: 0x0300,
    attributes: ["currentX", "currentY"],
    types: ["STRING"],
    property: "color",
    key: "color",
    description: 'colour as CIE 1931 "x,y"; "#rrggbb" is taken too',
    decode: (raw) => {
      const [x, y] = [number(raw.currentX), number(raw.currentY)];
      return x === undefined || y === undefined ? undefined : colorText(x, y);
    },
    report: { ...atOnce, min: 1 },
    canonical: canonicalColor,
    command: (value) => {
      const { x, y } = colorRaw(String(value));
      return { cluster: "lightingColorCtrl", command: "moveToColor", payload: { colorx: x, colory: y, transtime: 0 } };
    },
  },
  temperature: {
    cluster: "msTemperatureMeasurement",
    clusterId: 0x0402,
    attributes: ["measuredValue"],
    types: ["FLOAT", "DOUBLE"],
    unit: "Cel",
    property: "temperature",
    key: "temperature",
    description: "temperature",
    decode: one("measuredValue", (raw) => rounded(raw / 100, 2), -32_768),
    report: { ...slowly, change: 10 },
  },
  humidity: {
    cluster: "msRelativeHumidity",
    clusterId: 0x0405,
    attributes: ["measuredValue"],
    types: ["FLOAT", "DOUBLE"],
    unit: "%",
    property: "humidity",
    key: "humidity",
    description: "relative humidity",
    decode: one("measuredValue", (raw) => rounded(raw / 100, 2), 0xffff),
    report: { ...slowly, change: 100 },
  },
  pressure: {
    cluster: "msPressureMeasurement",
    clusterId: 0x0403,
    attributes: ["measuredValue"],
    types: ["FLOAT", "DOUBLE"],
    unit: "hPa",
    property: "pressure",
    key: "pressure",
    description: "air pressure",
    decode: one("measuredValue", (raw) => raw, -32_768),
    report: { ...slowly, change: 1 },
  },
  illuminance: {
    cluster: "msIlluminanceMeasurement",
    clusterId: 0x0400,
    attributes: ["measuredValue"],
    types: ["FLOAT", "DOUBLE"],
    unit: "lx",
    property: "illuminance",
    key: "illuminance",
    description: "illuminance; 0 is too dark to tell",
    // 4.2.2.2.1: 10000 times the decimal logarithm of lux, plus 1.
    decode: one(
      "measuredValue",
      (raw) => (raw <= 0 ? 0 : rounded(10 ** ((Math.min(raw, 0xfffe) - 1) / 10_000), 1)),
      0xffff,
    ),
    report: { ...slowly, change: 500 },
  },
  occupancy: {
    cluster: "msOccupancySensing",
    clusterId: 0x0406,
    attributes: ["occupancy"],
    types: ["BOOLEAN", "STRING"],
    property: "occupancy",
    key: "occupancy",
    description: "whether somebody is there",
    decode: one("occupancy", (raw) => (raw & 1) === 1),
    report: atOnce,
  },
  contact: {
    ...zoneBit(0, true),
    property: "contact",
    key: "contact",
    description: "whether the contact is closed",
  },
  alarm: {
    ...zoneBit(0),
    property: "alarm",
    key: "alarm",
    description: "first alarm of the zone: motion, water, smoke",
  },
  tamper: { ...zoneBit(2), property: "tamper", key: "tamper", description: "whether somebody opened the device" },
  batteryLow: { ...zoneBit(3), property: "battery-low", key: "battery_low", description: "whether the battery is low" },
  battery: {
    cluster: "genPowerCfg",
    clusterId: 0x0001,
    attributes: ["batteryPercentageRemaining"],
    types: ["FLOAT", "DOUBLE"],
    unit: "%",
    property: "battery",
    key: "battery",
    description: "what is left of the battery",
    decode: one("batteryPercentageRemaining", (raw) => raw / 2, 0xff),
    report: daily,
  },
  batteryVoltage: {
    cluster: "genPowerCfg",
    clusterId: 0x0001,
    attributes: ["batteryVoltage"],
    types: ["FLOAT", "DOUBLE"],
    unit: "V",
    property: "battery-voltage",
    key: "voltage",
    description: "voltage of the battery",
    decode: one("batteryVoltage", (raw) => rounded(raw / 10, 1), 0xff),
    report: daily,
  },
  power: {
    ...electrical,
    attributes: ["activePower"],
    scaling: acPower,
    types: ["FLOAT", "DOUBLE"],
    unit: "W",
    property: "active-power",
    key: "power",
    description: "active power",
    decode: scaled("activePower", acPower, -32_768),
    report: { min: 5, max: 300, change: 10 },
  },
  voltage: {
    ...electrical,
    attributes: ["rmsVoltage"],
    scaling: acVoltage,
    types: ["FLOAT", "DOUBLE"],
    unit: "V",
    property: "voltage",
    key: "voltage",
    description: "mains voltage",
    decode: scaled("rmsVoltage", acVoltage, 0xffff),
    report: { min: 10, max: 900, change: 10 },
  },
  current: {
    ...electrical,
    attributes: ["rmsCurrent"],
    scaling: acCurrent,
    types: ["FLOAT", "DOUBLE"],
    unit: "A",
    property: "current",
    key: "current",
    description: "current",
    decode: scaled("rmsCurrent", acCurrent, 0xffff),
    report: { min: 5, max: 300, change: 50 },
  },
  energy: {
    cluster: "seMetering",
    clusterId: 0x0702,
    attributes: ["currentSummDelivered"],
    scaling: metering,
    types: ["DOUBLE", "FLOAT"],
    unit: "kWh",
    min: 0,
    property: "energy",
    key: "energy",
    description: "energy since the device was made or reset",
    decode: scaled("currentSummDelivered", metering, 0xffff_ffff_ffff),
    report: { min: 60, max: 900, change: 10 },
  },
} as const satisfies Readonly<Record<string, Feature>>;

/** The names of all features. */
export type FeatureName = keyof typeof features;

/** All feature names, for settings and messages. */
export const featureNames = Object.keys(features) as readonly FeatureName[];

/** A feature by its name. */
export const featureOf = (name: FeatureName): Feature => features[name];
