import { addressBytes } from "../hci/address.ts";
import { decryptCcm } from "./decrypt-ccm.ts";
import {
  decimal,
  refusal,
  type SensorDecoder,
  type SensorOutcome,
  type SensorSecrets,
  type SensorValue,
  valuesOf,
} from "./sensor-format.ts";

const uuid = "fe95";
/** Bits of the frame control. */
const isEncrypted = 0x08;
const hasAddress = 0x10;
const hasCapability = 0x20;
const hasObject = 0x40;
const capabilityInputOutput = 0x20;
/** The extended counter and the check behind an encrypted object. */
const trailerBytes = 7;

type Values = Record<string, SensorValue>;

const finite = (name: string, value: number): Values =>
  Number.isFinite(value) ? { [name]: Number(value.toFixed(2)) } : {};

/** Attributes of MiBeacon by identifier: how many bytes they have at least, and what they say. */
const attributes: Readonly<Record<number, { readonly bytes: number; readonly read: (data: Buffer) => Values }>> = {
  4100: { bytes: 2, read: (data) => ({ temperature: decimal(data.readInt16LE(0), 1) }) },
  4102: { bytes: 2, read: (data) => ({ humidity: decimal(data.readUInt16LE(0), 1) }) },
  4103: { bytes: 3, read: (data) => ({ illuminance: data.readUIntLE(0, 3) }) },
  4104: { bytes: 1, read: (data) => ({ moisture: data.readUInt8(0) }) },
  4105: { bytes: 2, read: (data) => ({ conductivity: data.readUInt16LE(0) }) },
  4106: { bytes: 1, read: (data) => ({ battery: data.readUInt8(0) }) },
  4109: {
    bytes: 4,
    read: (data) => ({ temperature: decimal(data.readInt16LE(0), 1), humidity: decimal(data.readUInt16LE(2), 1) }),
  },
  4112: { bytes: 2, read: (data) => ({ formaldehyde: decimal(data.readUInt16LE(0), 2) }) },
  4114: { bytes: 1, read: (data) => ({ switch: data.readUInt8(0) !== 0 }) },
  4115: { bytes: 1, read: (data) => ({ consumable: data.readUInt8(0) }) },
  4116: { bytes: 1, read: (data) => ({ moistureDetected: data.readUInt8(0) !== 0 }) },
  4119: { bytes: 4, read: (data) => ({ idle: data.readUInt32LE(0) }) },
  4120: { bytes: 1, read: (data) => ({ light: data.readUInt8(0) !== 0 }) },
  18435: { bytes: 1, read: (data) => ({ battery: data.readUInt8(0) }) },
  19457: { bytes: 4, read: (data) => finite("temperature", data.readFloatLE(0)) },
  19458: { bytes: 1, read: (data) => ({ humidity: data.readUInt8(0) }) },
  19459: { bytes: 1, read: (data) => ({ battery: data.readUInt8(0) }) },
  19464: { bytes: 4, read: (data) => finite("humidity", data.readFloatLE(0)) },
  // 0 open, 1 closed, 2 open for too long
  4121: { bytes: 1, read: (data) => ({ opening: data.readUInt8(0) !== 1 }) },
};

/** MiBeacon of Xiaomi and its partners, versions 2 to 5, plain and encrypted from version 4 on. */
export const xiaomi: SensorDecoder = {
  format: "xiaomi",
  description: "MiBeacon of Xiaomi, Mijia and Qingping sensors",
  facts: {
    temperature: { type: "number", unit: "°C" },
    humidity: { type: "number", unit: "%" },
    illuminance: { type: "number", unit: "lx" },
    moisture: { type: "number", unit: "%" },
    conductivity: { type: "number", unit: "µS/cm" },
    battery: { type: "number", unit: "%" },
    formaldehyde: { type: "number", unit: "mg/m³" },
    consumable: { type: "number", unit: "%" },
    idle: { type: "number", unit: "s" },
    switch: { type: "boolean" },
    moistureDetected: { type: "boolean" },
    light: { type: "boolean" },
    opening: { type: "boolean" },
    packetId: { type: "number" },
  },
  decode(heard, secrets) {
    const found = heard.serviceData.get(uuid);
    if (!found || found.length < 5) return undefined;
    const data = Buffer.from(found);
    const control = data.readUInt16LE(0);
    const packetId = data.readUInt8(4);
    if ((control & hasObject) === 0) return valuesOf({ packetId });
    let at = 5 + (control & hasAddress ? 6 : 0);
    if (control & hasCapability) at += 1 + ((data[at] ?? 0) & capabilityInputOutput ? 2 : 0);
    if (at > data.length) return refusal("its data is cut off");
    const address = control & hasAddress ? data.subarray(5, 11) : addressBytes(heard.address);
    const object =
      control & isEncrypted ? opened(data, { at, address, version: control >> 12 }, secrets) : data.subarray(at);
    return "kind" in object ? object : valuesOf({ ...attributesIn(object), packetId });
  },
};

interface SealedAt {
  readonly at: number;
  readonly address: Uint8Array;
  readonly version: number;
}

/** Nonce: address as sent, product, frame counter, extended counter; the signed byte is 0x11. */
function opened(data: Buffer, { at, address, version }: SealedAt, { bindKey }: SensorSecrets): Buffer | SensorOutcome {
  if (version < 4)
    return refusal(`it encrypts as version ${version} of MiBeacon, which is not known here; read it by another format`);
  if (!bindKey) return refusal("it encrypts its values; set bindKey to its 32 hexadecimal digits");
  const end = data.length - trailerBytes;
  if (end <= at) return refusal("its encrypted payload is too short");
  const plain = decryptCcm({
    key: bindKey,
    nonce: Buffer.concat([address, data.subarray(2, 5), data.subarray(end, end + 3)]),
    ciphertext: data.subarray(at, end),
    check: data.subarray(end + 3),
    associated: Buffer.of(0x11),
  });
  return plain ? Buffer.from(plain) : refusal("its values cannot be decrypted with this bindKey");
}

function attributesIn(object: Buffer): Values {
  const values: Values = {};
  for (let at = 0; at + 3 <= object.length; ) {
    const length = object.readUInt8(at + 2);
    const body = object.subarray(at + 3, at + 3 + length);
    if (body.length < length) break;
    const known = attributes[object.readUInt16LE(at)];
    if (known && body.length >= known.bytes) Object.assign(values, known.read(body));
    at += 3 + length;
  }
  return values;
}
