import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Advertisement } from "../hci/advertisement.ts";
import { decoders, decodeSensor, type ReadAs } from "./decode-sensor.ts";
import { sensorFormats } from "./sensor-format.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

function heard(
  address: string,
  {
    serviceData = {},
    manufacturerData = {},
  }: { serviceData?: Record<string, string>; manufacturerData?: Record<number, string> },
): Advertisement {
  return {
    ...{ address, addressType: "public", connectable: false, isScanResponse: false, rssi: -60, name: undefined },
    services: [],
    serviceData: new Map(Object.entries(serviceData).map(([uuid, data]) => [uuid, hex(data)])),
    manufacturerData: new Map(Object.entries(manufacturerData).map(([id, data]) => [Number(id), hex(data)])),
    data: new Uint8Array(),
  };
}

function values(format: ReadAs, advertisement: Advertisement, bindKey?: string): Readonly<Record<string, unknown>> {
  const outcome = decodeSensor(advertisement, format, bindKey === undefined ? {} : { bindKey: hex(bindKey) });
  assert.equal(outcome?.kind, "values", JSON.stringify(outcome));
  return (outcome as { values: Record<string, unknown> }).values;
}

function reason(format: ReadAs, advertisement: Advertisement, bindKey?: string): string {
  const outcome = decodeSensor(advertisement, format, bindKey === undefined ? {} : { bindKey: hex(bindKey) });
  assert.equal(outcome?.kind, "refused", JSON.stringify(outcome));
  return (outcome as { reason: string }).reason;
}

const shelly = "54:48:e6:8f:80:a5";
const bthome = (data: string) => heard(shelly, { serviceData: { fcd2: data } });

test("BTHome: the example of the specification is 25 °C and 50.55 %", () => {
  assert.deepEqual(values("bthome", bthome("40 02 C4 09 03 BF 13")), { temperature: 25, humidity: 50.55 });
});

const bthomeExamples: readonly [string, Record<string, unknown>][] = [
  ["01 61", { battery: 97 }],
  ["04 13 8A 01", { pressure: 1008.83 }],
  ["05 13 8A 14", { illuminance: 13460.67 }],
  ["06 5E 1F", { mass: 80.3 }],
  ["08 CA 06", { dewPoint: 17.38 }],
  ["0A 13 8A 14", { energy: 1346.067 }],
  ["0B 02 1B 00", { power: 69.14 }],
  ["0C 02 0C", { voltage: 3.074 }],
  ["0D 12 0C", { pm25: 3090 }],
  ["12 E2 04", { co2: 1250 }],
  ["14 02 0C", { moisture: 30.74 }],
  ["15 01", { batteryLow: true }],
  ["2D 00", { window: false }],
  ["3F 02 0C", { rotation: 307.4 }],
  ["43 4E 34", { current: 13.39 }],
  ["45 11 01", { temperature: 27.3 }],
  ["46 32", { uvIndex: 5 }],
  ["4D 12 13 8A 14", { energy: 344593.17 }],
  ["58 EA", { temperature: -7.7 }],
  ["5C 02 FB FF FF", { power: -12.78 }],
  ["3A 04", { button: "long_press" }],
  ["3C 01 03", { dimmer: "rotate_left", dimmerSteps: 3 }],
  ["53 0C 48 65 6C 6C 6F 20 57 6F 72 6C 64 21", { text: "Hello World!" }],
  ["02 C4 09 02 CA 09", { temperature: 25, temperature2: 25.06 }],
  ["01 61 99 12 34", { battery: 97 }],
];
for (const [objects, expected] of bthomeExamples)
  test(`BTHome: ${objects} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(values("bthome", bthome(`40 ${objects}`)), expected);
  });

test("BTHome: the encrypted example of the specification opens with its key, and with no other", () => {
  const sealed = bthome("41 a4 72 66 c9 5f 73 00 11 22 33 78 23 72 14");
  assert.deepEqual(values("bthome", sealed, "231d39c1d7cc1ab1aee224cd096db932"), {
    temperature: 25.06,
    humidity: 50.55,
  });
  assert.match(reason("bthome", sealed, "00".repeat(16)), /cannot be decrypted with this bindKey/);
  assert.match(reason("bthome", sealed), /set bindKey/);
});

test("BTHome: another version is refused by its number", () => {
  assert.match(reason("bthome", bthome("20 02 C4 09")), /version 1/);
});

test("Ruuvi: the three vectors of data format 5", () => {
  const tag = (data: string) => heard("cb:b8:33:4c:88:4f", { manufacturerData: { 1177: data } });
  assert.deepEqual(values("ruuvi", tag("0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F")), {
    ...{ temperature: 24.3, humidity: 53.49, pressure: 1000.44 },
    ...{ accelerationX: 0.004, accelerationY: -0.004, accelerationZ: 1.036 },
    ...{ voltage: 2.977, txPower: 4, movements: 66, sequence: 205 },
  });
  assert.deepEqual(values("ruuvi", tag("058001000000008001800180010000000000CBB8334C884F")), {
    ...{ temperature: -163.835, humidity: 0, pressure: 500 },
    ...{ accelerationX: -32.767, accelerationY: -32.767, accelerationZ: -32.767 },
    ...{ voltage: 1.6, txPower: -40, movements: 0, sequence: 0 },
  });
  assert.deepEqual(values("ruuvi", tag("058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF")), {});
  assert.match(reason("ruuvi", tag("0312FC")), /data format 3/);
});

test("Xiaomi: a plain thermometer, and an encrypted one with its key", () => {
  const plain = heard("4c:65:a8:dd:b8:9b", { serviceData: { fe95: "5020aa010c9bb8dda8654c0d1004b2004302" } });
  assert.deepEqual(values("xiaomi", plain), { temperature: 17.8, humidity: 57.9, packetId: 12 });
  const sealed = heard("a4:c1:38:0e:fd:78", { serviceData: { fe95: "4858422529202d8c7a76b756a82a0078b8224e" } });
  assert.equal(values("xiaomi", sealed, "19b1c678ab0a8bc3dc77765f059188d4").temperature, 26.1);
  assert.match(reason("xiaomi", sealed), /set bindKey/);
  assert.match(reason("xiaomi", sealed, "11".repeat(16)), /cannot be decrypted/);
});

test("Xiaomi: the encryption of version 3 is refused, as it is not known for certain", () => {
  const dimmer = heard("f8:24:41:c5:98:8b", { serviceData: { fe95: "5830b603d28b98c54124f8c3491476757e00000099" } });
  assert.match(reason("xiaomi", dimmer, "00".repeat(16)), /version 3 of MiBeacon/);
});

test("ATC and pvvx: the same firmware family, told apart by length and byte order", () => {
  const address = "a4:c1:38:aa:bb:cc";
  const atc = heard(address, { serviceData: { "181a": "a4c138aabbcc 00ce 33 43 0a6e c3" } });
  const expected = { temperature: 20.6, humidity: 51, battery: 67, voltage: 2.67, packetId: 195 };
  assert.deepEqual(values("atc", atc), expected);
  assert.deepEqual(values("auto", atc), expected);
  const pvvx = heard(address, { serviceData: { "181a": "ccbbaa38c1a4 0c08 ec13 6e0a 43 c3 01" } });
  assert.deepEqual(values("pvvx", pvvx), {
    ...{ temperature: 20.6, humidity: 51, voltage: 2.67, battery: 67, packetId: 195, switch: true, output: false },
  });
  assert.match(reason("auto", heard(address, { serviceData: { "181a": "00".repeat(11) } })), /encrypted form/);
  assert.equal(
    decodeSensor(heard("00:00:00:00:00:01", { serviceData: { "181a": "a4c138aabbcc00ce33430a6ec3" } }), "atc", {}),
    undefined,
  );
});

test("Eddystone: telemetry with its voltage, temperature and uptime; what a beacon lacks is left out", () => {
  const beacon = (data: string) => heard("00:00:00:00:00:01", { serviceData: { feaa: data } });
  assert.deepEqual(values("eddystone-tlm", beacon("20 00 0bb8 1580 0000002a 000003e8")), {
    ...{ voltage: 3, temperature: 21.5, advertisements: 42, uptime: 100 },
  });
  assert.deepEqual(values("eddystone-tlm", beacon("20 00 0000 8000 00000001 0000000a")), {
    advertisements: 1,
    uptime: 1,
  });
  assert.match(reason("eddystone-tlm", beacon("20 01 0bb8")), /encrypted with the key of its owner/);
  assert.equal(decodeSensor(beacon("10 00 01"), "eddystone-tlm", {}), undefined);
});

test("whatever the bytes, a decoder neither throws nor says what its format does not know", () => {
  const key = { bindKey: Buffer.alloc(16, 7) };
  const bytes = fc.uint8Array({ maxLength: 255 });
  fc.assert(
    fc.property(
      fc.constantFrom(...sensorFormats),
      bytes,
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      (format, data, mac) => {
        const address = [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
        for (const prefix of [
          [],
          [...mac],
          [...mac].reverse(),
          [0x40],
          [0x20, 0],
          [5],
          [0x50, 0x20, 1, 2, 3],
          [0x58, 0x58, 1, 2, 3],
        ]) {
          const text = Buffer.from([...prefix, ...data]).toString("hex");
          const uuids = { fcd2: text, "181a": text, feaa: text, fe95: text };
          const outcome = decodeSensor(
            heard(address, { serviceData: uuids, manufacturerData: { 1177: text } }),
            format,
            key,
          );
          if (outcome?.kind !== "values") continue;
          const { facts } = decoders[format];
          for (const [name, value] of Object.entries(outcome.values)) {
            const known = facts[name] ?? facts[name.replace(/\d+$/, "")];
            assert.equal(typeof value, known?.type, `${name} of ${format}`);
            assert.ok(typeof value !== "number" || Number.isFinite(value), `${name} of ${format}: ${value}`);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
