import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError, p } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { bindingOf } from "./binding.ts";
import { standardCharacteristics, standardNamed } from "./standard-characteristics.ts";

const read = (name: string, hex: string) => standardNamed(name)?.read(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const vectors: readonly [string, string, Record<string, unknown>][] = [
  ["battery", "64", { battery: 100 }],
  ["temperature", "16 09", { temperature: 23.26 }],
  ["temperature", "18 fc", { temperature: -10 }],
  ["temperature", "00 80", {}],
  ["humidity", "bf 13", { humidity: 50.55 }],
  ["pressure", "cd 75 0f 00", { pressure: 101319.7 }],
  ["illuminance", "10 27 00", { illuminance: 100 }],
  [
    "heartRateMeasurement",
    "06 48",
    { heartRate: 72, sensorContact: true, energyExpended: undefined, rrInterval: undefined },
  ],
  [
    "heartRateMeasurement",
    "1d 2c 01 10 00 00 04 00 02",
    { heartRate: 300, sensorContact: false, energyExpended: 16, rrInterval: 0.5 },
  ],
  ["temperatureMeasurement", "00 6d 01 00 ff", { temperature: 36.5, site: undefined }],
  ["temperatureMeasurement", "05 d9 03 00 ff 02", { temperature: 36.94, site: "body" }],
  ["temperatureMeasurement", "00 ff ff 7f 00", { temperature: undefined, site: undefined }],
  ["bloodPressureMeasurement", "04 78 00 50 00 5d 00 3c 00", { systolic: 120, diastolic: 80, mean: 93, pulse: 60 }],
  ["weightMeasurement", "00 10 27", { weight: 50 }],
  ["manufacturerName", "41 63 6d 65 00", { manufacturerName: "Acme" }],
];
for (const [name, hex, expected] of vectors)
  test(`${name}: ${hex} is ${JSON.stringify(expected)}`, () => assert.deepEqual(read(name, hex), expected));

test("a number that is written reads back as the nearest the device can hold, or is refused", () => {
  for (const { read: decode, write, fields } of standardCharacteristics.values()) {
    if (!write) continue;
    const [field] = Object.keys(fields) as [string];
    fc.assert(
      fc.property(fc.double({ min: -500, max: 500, noNaN: true }), (value) => {
        try {
          const back = decode(write(value))[field] as number;
          assert.ok(Math.abs(back - value) <= 0.5000001, `${field}: ${value} came back as ${back}`);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
      { numRuns: 50 },
    );
  }
});

test("whatever bytes a device sends, a standard characteristic is a value or an error of ours", () => {
  for (const { uuid, fields } of standardCharacteristics.values())
    for (const [field, { type }] of Object.entries(fields)) {
      const property = type === "number" ? p.float() : type === "boolean" ? p.boolean() : p.string();
      const binding = bindingOf(property, { characteristic: uuid, field } as never, "x");
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
          try {
            assert.equal(typeof binding.decode(bytes), type);
          } catch (error) {
            assert.ok(error instanceof MapperError && error.code === "DEVICE_IO", String(error));
          }
        }),
        { numRuns: 50 },
      );
    }
});

test("KubeEdge's converter: as documented the bytes are one number, by its name their digits are", () => {
  const dataConverter = {
    ...{ startIndex: 1, endIndex: 0, shiftRight: 2 },
    orderOfOperations: [{ operationType: "Multiply" as const, operationValue: 0.03125 }],
  };
  const visitor = { characteristicUUID: "f000aa0104514000b000000000000000", dataConverter };
  const bytes = Uint8Array.of(40, 12);
  assert.equal(bindingOf(p.double(), visitor as never, "x").decode(bytes), 24.3125);
  const legacy = { ...visitor, decoder: "kubeedge-legacy" as const };
  assert.equal(bindingOf(p.double(), legacy as never, "x").decode(bytes), 9.6875);
});

test("KubeEdge's dataWrite names bytes, in both directions", () => {
  const dataWrite = new Map([
    ["ON", Uint8Array.of(1)],
    ["OFF", Uint8Array.of(0)],
  ]);
  const binding = bindingOf(p.string({ access: "rw" }), { characteristicUUID: "f0", dataWrite } as never, "power");
  assert.deepEqual(binding.encode?.("ON"), Uint8Array.of(1));
  assert.equal(binding.decode(Uint8Array.of(0)), "OFF");
  assert.throws(() => binding.encode?.("on"), { code: "VALUE_INVALID", message: /it has ON, OFF/ });
});
