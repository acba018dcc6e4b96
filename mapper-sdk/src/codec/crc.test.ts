import assert from "node:assert/strict";
import { test } from "node:test";
import { crcOf } from "./crc.ts";
import { crc8Dallas, crc8Sensirion, crc8Smbus, crc16Ccitt, crc16Modbus } from "./crcs.ts";

/** The catalogue's check value is the CRC of the ASCII digits 1 to 9. */
const digits = Buffer.from("123456789");

test("agrees with the check values of the catalogue of CRC algorithms", () => {
  assert.equal(crc8Sensirion(digits), 0xf7);
  assert.equal(crc8Dallas(digits), 0xa1);
  assert.equal(crc8Smbus(digits), 0xf4);
  assert.equal(crc16Modbus(digits), 0x4b37);
  assert.equal(crc16Ccitt(digits), 0x29b1);
  assert.equal(crcOf({ width: 16, polynomial: 0x1021, initial: 0, reflected: true })(digits), 0x2189); // CRC-16/KERMIT
  assert.equal(crcOf({ width: 16, polynomial: 0x1021, initial: 0x89ec, reflected: true })(digits), 0x26b1); // CRC-16/TMS37157
});

test("agrees with the examples of data sheets", () => {
  assert.equal(crc8Sensirion(Uint8Array.of(0xbe, 0xef)), 0x92); // SHT3x data sheet, table 19
  assert.equal(crc16Modbus(Uint8Array.of(0x02, 0x07)), 0x1241); // Modbus over serial line, appendix B
  assert.equal(crc8Dallas(Uint8Array.of(0x02, 0x1c, 0xb8, 0x01, 0x00, 0x00, 0x00)), 0xa2); // Maxim application note 27
});

test("sums up a part of the bytes", () => {
  assert.equal(crc8Sensirion(Uint8Array.of(1, 0xbe, 0xef, 2), 1, 3), 0x92);
});
