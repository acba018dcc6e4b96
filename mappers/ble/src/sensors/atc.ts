import { addressBytes } from "../hci/address.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import { decimal, refusal, type SensorDecoder, type SensorValueFacts, valuesOf } from "./sensor-format.ts";

/** Both firmwares send service data of the Environmental Sensing service. */
const uuid = "181a";
const atcBytes = 13;
const pvvxBytes = 15;
const encryptedBytes: readonly number[] = [8, 11];

const facts: Readonly<Record<string, SensorValueFacts>> = {
  temperature: { type: "number", unit: "°C" },
  humidity: { type: "number", unit: "%" },
  battery: { type: "number", unit: "%" },
  voltage: { type: "number", unit: "V" },
  packetId: { type: "number" },
};

/** The format of ATC1441's firmware for Xiaomi thermometers: most significant bytes first. */
export const atc: SensorDecoder = {
  format: "atc",
  description: "ATC1441 firmware of Xiaomi thermometers (github.com/atc1441/ATC_MiThermometer)",
  facts,
  decode(heard) {
    const data = bufferOf(heard);
    if (!data) return undefined;
    if (data.length !== atcBytes) return encryptedBytes.includes(data.length) ? encrypted() : undefined;
    if (!data.subarray(0, 6).equals(Buffer.from(addressBytes(heard.address)).reverse())) return undefined;
    return valuesOf({
      temperature: decimal(data.readInt16BE(6), 1),
      humidity: data.readUInt8(8),
      battery: data.readUInt8(9),
      voltage: decimal(data.readUInt16BE(10), 3),
      packetId: data.readUInt8(12),
    });
  },
};

/** The format of pvvx's firmware for the same thermometers: least significant bytes first, two decimals. */
export const pvvx: SensorDecoder = {
  format: "pvvx",
  description: "pvvx firmware of Xiaomi thermometers, custom format (github.com/pvvx/ATC_MiThermometer)",
  facts: { ...facts, switch: { type: "boolean" }, output: { type: "boolean" } },
  decode(heard) {
    const data = bufferOf(heard);
    if (!data) return undefined;
    if (data.length !== pvvxBytes) return encryptedBytes.includes(data.length) ? encrypted() : undefined;
    if (!data.subarray(0, 6).equals(addressBytes(heard.address))) return undefined;
    const flags = data.readUInt8(14);
    return valuesOf({
      temperature: decimal(data.readInt16LE(6), 2),
      humidity: decimal(data.readUInt16LE(8), 2),
      voltage: decimal(data.readUInt16LE(10), 3),
      battery: data.readUInt8(12),
      packetId: data.readUInt8(13),
      switch: (flags & 1) !== 0,
      output: (flags & 2) !== 0,
    });
  },
};

const encrypted = () =>
  refusal(
    "it sends the encrypted form of its format, which is not known here; set it to BTHome, or to send unencrypted",
  );

function bufferOf({ serviceData }: Advertisement): Buffer | undefined {
  const data = serviceData.get(uuid);
  return data && Buffer.from(data);
}
