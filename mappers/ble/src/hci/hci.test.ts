import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf } from "./address.ts";
import { parseAdvertisingData, parseAdvertisingReports } from "./advertisement.ts";
import { H4Parser, LostSync } from "./h4-parser.ts";
import { uuidOf } from "./uuid.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

test("a report is taken apart, and what is cut off is left out", () => {
  const report = hex("02 00 01 0c0b0a38c1a4 0a 02 01 06 06 09 53 65 6e 73 72 c4");
  const whole = parseAdvertisingReports(report);
  assert.equal(whole.length, 1);
  const [first] = whole;
  assert.deepEqual(
    [first?.address, first?.addressType, first?.connectable, first?.name, first?.rssi],
    ["a4:c1:38:0a:0b:0c", "random", true, "Sensr", -60],
  );
});

test("UUIDs of the Bluetooth SIG are the same in every length, 32-bit ones too", () => {
  for (const text of ["2A6E", "0x2a6e", "00002a6e", "00002a6e-0000-1000-8000-00805f9b34fb"])
    assert.equal(uuidOf(text), "2a6e");
  assert.equal(uuidOf("f000aa01-0451-4000-b000-000000000000"), "f000aa0104514000b000000000000000");
  assert.deepEqual([uuidOf("2a6"), uuidOf("temperature"), uuidOf("12345")], ["02a6", undefined, undefined]);
});

test("an address is read however it is written", () => {
  for (const text of ["A4:C1:38:0A:0B:0C", "a4-c1-38-0a-0b-0c", "a4c1380a0b0c"])
    assert.equal(addressOf(text), "a4:c1:38:0a:0b:0c");
  assert.equal(addressOf("a4:c1:38"), undefined);
});

test("packets are found however the bytes are cut, and lost sync is told", () => {
  const packets = [hex("04 0e 04 01 03 0c 00"), hex("02 40 20 03 00 aa bb cc"), hex("04 3e 00")];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 20, maxLength: 20 }), (cuts) => {
      const all = Buffer.concat(packets);
      const parser = new H4Parser();
      const found: string[] = [];
      let at = 0;
      for (const cut of [...cuts, all.length]) {
        for (const packet of parser.push(all.subarray(at, at + cut))) found.push(packet.toString("hex"));
        at += cut;
      }
      assert.deepEqual(
        found,
        packets.map((packet) => packet.toString("hex")),
      );
    }),
  );
  assert.throws(() => new H4Parser().push(hex("7f 00")), LostSync);
});

test("whatever a device advertises, reading it ends, and throws nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 260 }), (bytes) => {
      const { services, serviceData, manufacturerData } = parseAdvertisingData(bytes);
      assert.ok(services.length + serviceData.size + manufacturerData.size <= bytes.length);
      assert.ok(parseAdvertisingReports(bytes).length <= 26);
    }),
    { numRuns: 500 },
  );
});
