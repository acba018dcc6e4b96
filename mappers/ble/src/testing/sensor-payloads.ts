import { createCipheriv } from "node:crypto";
import { addressBytes } from "../hci/address.ts";
import type { Advertised } from "./advertising-data.ts";

/** A climate as thermometers measure it. */
export interface Climate {
  /** °C. */
  readonly temperature: number;
  /** %. */
  readonly humidity: number;
  /** %. */
  readonly battery?: number;
  /** Differs from packet to packet, so that repeated ones are told apart. */
  readonly packetId?: number;
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16LE(Math.round(value));
  return bytes;
};
const uint16 = (value: number): Buffer => Buffer.of(Math.round(value) & 0xff, Math.round(value) >> 8);

/** What a BTHome v2 thermometer advertises. */
export function bthomeAdvertised({ temperature, humidity, battery = 90, packetId = 0 }: Climate): Advertised {
  return {
    serviceData: {
      fcd2: Buffer.concat([Buffer.of(0x40), bthomeObjects({ temperature, humidity, battery, packetId })]),
    },
  };
}

/** The same, encrypted with the key of the sensor at `address`. */
export function bthomeEncrypted(
  climate: Climate,
  { address, bindKey, counter }: { readonly address: string; readonly bindKey: Uint8Array; readonly counter: number },
): Advertised {
  const info = Buffer.of(0x41);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(counter);
  const nonce = Buffer.concat([Buffer.from(addressBytes(address)).reverse(), Buffer.from("d2fc", "hex"), info, count]);
  const cipher = createCipheriv("aes-128-ccm", bindKey, nonce, { authTagLength: 4 });
  const ciphertext = cipher.update(bthomeObjects(climate));
  cipher.final();
  return { serviceData: { fcd2: Buffer.concat([info, ciphertext, count, cipher.getAuthTag()]) } };
}

const bthomeObjects = ({ temperature, humidity, battery = 90, packetId = 0 }: Climate): Buffer =>
  Buffer.concat([
    Buffer.of(0x00, packetId & 0xff, 0x01, battery, 0x02),
    int16(temperature * 100),
    Buffer.of(0x03),
    uint16(humidity * 100),
  ]);

/** What a Xiaomi thermometer with the firmware of pvvx advertises. */
export function pvvxAdvertised(
  address: string,
  { temperature, humidity, battery = 90, packetId = 0 }: Climate,
): Advertised {
  const data = Buffer.concat([
    addressBytes(address),
    int16(temperature * 100),
    uint16(humidity * 100),
    uint16(2000 + battery * 10),
    Buffer.of(battery, packetId & 0xff, 0),
  ]);
  return { serviceData: { "181a": data } };
}

/** What a RuuviTag advertises, data format 5. */
export function ruuviAdvertised(address: string, { temperature, humidity, packetId = 0 }: Climate): Advertised {
  const data = Buffer.alloc(24);
  data.writeUInt8(5, 0);
  data.writeInt16BE(Math.round(temperature / 0.005), 1);
  data.writeUInt16BE(Math.round(humidity / 0.0025), 3);
  data.writeUInt16BE(101_325 - 50_000, 5);
  data.writeInt16BE(1000, 11);
  data.writeUInt16BE(((3000 - 1600) << 5) | ((4 + 40) / 2), 13);
  data.writeUInt16BE(packetId & 0xffff, 16);
  Buffer.from(addressBytes(address)).reverse().copy(data, 18);
  return { manufacturerData: { 1177: data } };
}
