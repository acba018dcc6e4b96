import { addressBytes } from "../hci/address.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import { type BthomeObject, bthomeObjects, buttonEvents, dimmerEvents } from "./bthome-objects.ts";
import { decryptCcm } from "./decrypt-ccm.ts";
import {
  refusal,
  type SensorDecoder,
  type SensorOutcome,
  type SensorSecrets,
  type SensorValue,
  type SensorValueFacts,
  valuesOf,
} from "./sensor-format.ts";

const uuid = "fcd2";
const button = 0x3a;
const dimmer = 0x3c;
const text = 0x53;
const rawBytes = 0x54;
/** Counter and check behind an encrypted payload. */
const trailerBytes = 8;

/** BTHome v2 (bthome.io/format): open, and read from service data of UUID 0xFCD2. */
export const bthome: SensorDecoder = {
  format: "bthome",
  description: "BTHome v2, of Shelly BLU, pvvx firmware, ESPHome and others",
  facts: facts(),
  decode(heard, secrets) {
    const data = heard.serviceData.get(uuid);
    const info = data?.[0];
    if (!data || info === undefined) return undefined;
    const version = info >> 5;
    if (version !== 2) return refusal(`it speaks version ${version} of BTHome; only 2 is known`);
    if ((info & 1) === 0) return valuesOf(objectsIn(data.subarray(1)));
    return encrypted(heard, data, secrets);
  },
};

/** Nonce: address, UUID as sent, device information, counter ("Encryption" of the specification). */
function encrypted(heard: Advertisement, data: Uint8Array, { bindKey }: SensorSecrets): SensorOutcome {
  if (!bindKey) return refusal("it encrypts its values; set bindKey to its 32 hexadecimal digits");
  if (data.length < 1 + trailerBytes) return refusal("its encrypted payload is too short");
  const end = data.length - trailerBytes;
  const counter = data.subarray(end, end + 4);
  const address = addressBytes(heard.address).reverse();
  const plain = decryptCcm({
    key: bindKey,
    nonce: Buffer.concat([address, Buffer.from("d2fc", "hex"), data.subarray(0, 1), counter]),
    ciphertext: data.subarray(1, end),
    check: data.subarray(end + 4),
  });
  return plain ? valuesOf(objectsIn(plain)) : refusal("its values cannot be decrypted with this bindKey");
}

/** Objects up to one that is not known or cut off: without its length, nothing behind it can be read. */
function objectsIn(payload: Uint8Array): Record<string, SensorValue> {
  const values: Record<string, SensorValue> = {};
  const counts = new Map<string, number>();
  const add = (name: string, value: SensorValue | undefined) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (value !== undefined) values[count === 1 ? name : `${name}${count}`] = value;
  };
  for (let at = 0; at + 1 < payload.length; ) {
    const id = payload[at] as number;
    const body = payload.subarray(at + 1);
    const known = bthomeObjects[id];
    if (known && body.length >= known.bytes) {
      add(known.name, numberIn(known, body));
      at += 1 + known.bytes;
    } else if (id === button) {
      add("button", buttonEvents[body[0] as number]);
      at += 2;
    } else if (id === dimmer && body.length >= 2) {
      add("dimmer", dimmerEvents[body[0] as number]);
      add("dimmerSteps", body[1]);
      at += 3;
    } else if ((id === text || id === rawBytes) && body.length > (body[0] as number)) {
      const content = Buffer.from(body.subarray(1, 1 + (body[0] as number)));
      add(id === text ? "text" : "raw", content.toString(id === text ? "utf8" : "hex"));
      at += 2 + (body[0] as number);
    } else break;
  }
  return values;
}

function numberIn({ bytes, signed, digits = 0, factor, boolean }: BthomeObject, body: Uint8Array): SensorValue {
  const buffer = Buffer.from(body.subarray(0, bytes));
  const raw = signed ? buffer.readIntLE(0, bytes) : buffer.readUIntLE(0, bytes);
  if (boolean) return raw !== 0;
  return factor === undefined ? Number((raw * 10 ** -digits).toFixed(digits)) : Number((raw * factor).toFixed(digits));
}

function facts(): Record<string, SensorValueFacts> {
  const known: Record<string, SensorValueFacts> = {
    button: { type: "string" },
    dimmer: { type: "string" },
    dimmerSteps: { type: "number" },
    text: { type: "string" },
    raw: { type: "string" },
  };
  for (const { name, unit, boolean } of Object.values(bthomeObjects))
    known[name] = { type: boolean ? "boolean" : "number", ...(unit !== undefined && { unit }) };
  return known;
}
