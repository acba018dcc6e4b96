import { medicalFloat16, medicalFloat32 } from "./medical-float.ts";

/** A value of a standard characteristic. */
export type StandardValue = number | boolean | string;

/** One thing that a standard characteristic says. */
export interface StandardField {
  readonly type: "number" | "boolean" | "string";
  readonly unit?: string;
}

/** A characteristic of the Bluetooth SIG, as its specification lays out its bytes (GATT Specification Supplement 3). */
export interface StandardCharacteristic {
  readonly uuid: string;
  readonly name: string;
  /** What it says; the first is what is meant when nothing is said. */
  readonly fields: Readonly<Record<string, StandardField>>;
  /** A field that is not there, or that the device does not know, is missing. @throws RangeError when bytes are missing. */
  readonly read: (data: Buffer) => Readonly<Record<string, StandardValue | undefined>>;
  /** The bytes of its first field; missing where a device is never told. */
  readonly write?: (value: number) => Buffer;
}

interface Numeric {
  readonly bytes: 1 | 2 | 3 | 4;
  readonly signed?: boolean;
  /** The value is the raw number divided by ten to the power of this. */
  readonly digits?: number;
  readonly unit?: string;
  /** The raw number by which the device says that it does not know. */
  readonly unknown?: number;
  readonly factor?: number;
}

function numeric(uuid: string, name: string, of: Numeric): StandardCharacteristic {
  const { bytes, signed = false, digits = 0, unit, unknown, factor } = of;
  const scale = 10 ** digits;
  const [least, most] = signed ? [-(2 ** (8 * bytes - 1)), 2 ** (8 * bytes - 1) - 1] : [0, 2 ** (8 * bytes) - 1];
  return {
    uuid,
    name,
    fields: { [name]: { type: "number", ...(unit !== undefined && { unit }) } },
    read(data) {
      const raw = signed ? data.readIntLE(0, bytes) : data.readUIntLE(0, bytes);
      if (raw === unknown) return {};
      return { [name]: factor === undefined ? Number((raw / scale).toFixed(digits)) : raw * factor };
    },
    write(value) {
      const raw = Math.round(factor === undefined ? value * scale : value / factor);
      if (raw < least || raw > most || raw === unknown)
        throw new RangeError(`${value} is outside ${least / scale} to ${most / scale}`);
      const data = Buffer.alloc(bytes);
      if (signed) data.writeIntLE(raw, 0, bytes);
      else data.writeUIntLE(raw, 0, bytes);
      return data;
    },
  };
}

const text = (uuid: string, name: string): StandardCharacteristic => ({
  uuid,
  name,
  fields: { [name]: { type: "string" } },
  read: (data) => ({ [name]: data.toString("utf8").replace(/\0+$/, "") }),
});

/** Heart Rate Measurement: flags say how wide the rate is and what follows (Heart Rate Service 1.0, 3.1). */
const heartRate: StandardCharacteristic = {
  uuid: "2a37",
  name: "heartRateMeasurement",
  fields: {
    heartRate: { type: "number", unit: "bpm" },
    sensorContact: { type: "boolean" },
    energyExpended: { type: "number", unit: "kJ" },
    rrInterval: { type: "number", unit: "s" },
  },
  read(data) {
    const flags = data.readUInt8(0);
    let at = 1;
    const rate = flags & 1 ? data.readUInt16LE(at) : data.readUInt8(at);
    at += flags & 1 ? 2 : 1;
    const energy = flags & 8 ? data.readUInt16LE(at) : undefined;
    if (flags & 8) at += 2;
    // The last of several intervals is the newest.
    const last = at + 2 * Math.floor((data.length - at) / 2) - 2;
    return {
      heartRate: rate,
      sensorContact: flags & 4 ? (flags & 2) !== 0 : undefined,
      energyExpended: energy,
      rrInterval: flags & 16 && last >= at ? Number((data.readUInt16LE(last) / 1024).toFixed(3)) : undefined,
    };
  },
};

const bodyParts = ["armpit", "body", "ear", "finger", "gastro-intestinal tract", "mouth", "rectum", "toe", "tympanum"];

/** Temperature Measurement and Intermediate Temperature (Health Thermometer Service 1.0, 3.1). */
const thermometer = (uuid: string, name: string): StandardCharacteristic => ({
  uuid,
  name,
  fields: { temperature: { type: "number", unit: "°C" }, site: { type: "string" } },
  read(data) {
    const flags = data.readUInt8(0);
    const raw = medicalFloat32(data, 1);
    const site = flags & 4 ? data.readUInt8(5 + (flags & 2 ? 7 : 0)) : 0;
    const celsius = raw === undefined || !(flags & 1) ? raw : Number((((raw - 32) * 5) / 9).toFixed(2));
    return { temperature: celsius, site: bodyParts[site - 1] };
  },
});

/** Blood Pressure Measurement (Blood Pressure Service 1.1, 3.1). */
const bloodPressure: StandardCharacteristic = {
  uuid: "2a35",
  name: "bloodPressureMeasurement",
  fields: {
    systolic: { type: "number", unit: "mmHg" },
    diastolic: { type: "number", unit: "mmHg" },
    mean: { type: "number", unit: "mmHg" },
    pulse: { type: "number", unit: "bpm" },
  },
  read(data) {
    const flags = data.readUInt8(0);
    const pressure = (at: number) => {
      const raw = medicalFloat16(data, at);
      return raw === undefined || !(flags & 1) ? raw : Number((raw * 7.50062).toFixed(1));
    };
    const [systolic, diastolic, mean] = [pressure(1), pressure(3), pressure(5)];
    const pulse = flags & 4 ? medicalFloat16(data, 7 + (flags & 2 ? 7 : 0)) : undefined;
    return { systolic, diastolic, mean, pulse };
  },
};

/** Weight Measurement (Weight Scale Service 1.0, 3.2), in kilograms also where the scale counts in pounds. */
const weight: StandardCharacteristic = {
  uuid: "2a9d",
  name: "weightMeasurement",
  fields: { weight: { type: "number", unit: "kg" } },
  read(data) {
    const inPounds = (data.readUInt8(0) & 1) !== 0;
    const raw = data.readUInt16LE(1);
    if (raw === 0xffff) return {}; // the measurement failed
    return { weight: Number((inPounds ? raw * 0.01 * 0.45359237 : raw * 0.005).toFixed(3)) };
  },
};

/** Standard characteristics that are known, by UUID. */
export const standardCharacteristics: ReadonlyMap<string, StandardCharacteristic> = new Map(
  [
    numeric("2a19", "battery", { bytes: 1, unit: "%" }),
    numeric("2a6e", "temperature", { bytes: 2, signed: true, digits: 2, unit: "°C", unknown: -0x8000 }),
    numeric("2a6f", "humidity", { bytes: 2, digits: 2, unit: "%", unknown: 0xffff }),
    numeric("2a6d", "pressure", { bytes: 4, digits: 1, unit: "Pa" }),
    numeric("2a6c", "elevation", { bytes: 3, signed: true, digits: 2, unit: "m" }),
    numeric("2a70", "trueWindSpeed", { bytes: 2, digits: 2, unit: "m/s" }),
    numeric("2a71", "trueWindDirection", { bytes: 2, digits: 2, unit: "°" }),
    numeric("2a72", "apparentWindSpeed", { bytes: 2, digits: 2, unit: "m/s" }),
    numeric("2a73", "apparentWindDirection", { bytes: 2, digits: 2, unit: "°" }),
    numeric("2a76", "uvIndex", { bytes: 1 }),
    numeric("2a77", "irradiance", { bytes: 2, digits: 1, unit: "W/m²" }),
    numeric("2a78", "rainfall", { bytes: 2, unit: "mm" }),
    numeric("2a79", "windChill", { bytes: 1, signed: true, unit: "°C" }),
    numeric("2a7a", "heatIndex", { bytes: 1, signed: true, unit: "°C" }),
    numeric("2a7b", "dewPoint", { bytes: 1, signed: true, unit: "°C" }),
    numeric("2afb", "illuminance", { bytes: 3, digits: 2, unit: "lx", unknown: 0xffffff }),
    numeric("2b8c", "co2", { bytes: 2, unit: "ppm", unknown: 0xffff }),
    numeric("2a06", "alertLevel", { bytes: 1 }),
    numeric("2a38", "bodySensorLocation", { bytes: 1 }),
    numeric("2a07", "txPower", { bytes: 1, signed: true, unit: "dBm" }),
    heartRate,
    thermometer("2a1c", "temperatureMeasurement"),
    thermometer("2a1e", "intermediateTemperature"),
    bloodPressure,
    weight,
    text("2a00", "deviceName"),
    text("2a24", "modelNumber"),
    text("2a25", "serialNumber"),
    text("2a26", "firmwareRevision"),
    text("2a27", "hardwareRevision"),
    text("2a28", "softwareRevision"),
    text("2a29", "manufacturerName"),
  ].map((characteristic) => [characteristic.uuid, characteristic]),
);

/** The standard characteristic of that name. */
export const standardNamed = (name: string): StandardCharacteristic | undefined =>
  [...standardCharacteristics.values()].find((one) => one.name === name);
