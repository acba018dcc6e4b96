import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc8Sensirion } from "@edgetwin/mapper-sdk/codecs";
import { fineTemperature, humidityOf, pressureOf, temperatureOf, trimmingOf } from "./bme280-compensation.ts";
import { glyphs } from "./glyphs.ts";
import { ina219Scale } from "./ina219.ts";
import { pca9685Prescale } from "./pca9685.ts";

describe("numbers that the data sheets work out", () => {
  test("BMP280 3.12: 519888 is 25.08 degrees, 415148 is 100653.27 pascal", () => {
    const low = new Uint8Array(26);
    const view = new DataView(low.buffer);
    [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000].forEach((value, index) => {
      view.setInt16(2 * index, value, true);
    });
    const trimming = trimmingOf(low, new Uint8Array(7));
    const fine = fineTemperature(519888, trimming);
    assert.equal(fine, 128422);
    assert.equal(temperatureOf(fine), 2508);
    // The data sheet works with a t_fine of 128422.287; a whole one is 0.02 Pa less.
    assert.ok(Math.abs(pressureOf(415148, fine, trimming) / 256 - 100653.27) < 0.02);
  });

  test("BME280: a chip without trimming divides by nothing, and humidity stays within 0 and 100 %", () => {
    const empty = trimmingOf(new Uint8Array(26), new Uint8Array(7));
    assert.equal(pressureOf(415148, 128422, empty), 0);
    const trimming = { ...empty, h1: 75, h2: 362, h4: 326, h5: 50, h6: 30 };
    assert.equal(humidityOf(0, 128422, trimming), 0);
    assert.equal(humidityOf(65535, 128422, trimming), 100 * 1024);
  });

  test("SHT3x 4.12: the checksum of BEEF is 92", () => {
    assert.equal(crc8Sensirion(Uint8Array.of(0xbe, 0xef)), 0x92);
  });

  test("INA219: 2 A over 0.1 ohms are steps of 100 uA, 2 mW and a calibration of 4096", () => {
    const { register, ampsPerStep, wattsPerStep } = ina219Scale({ shuntOhms: 0.1, maxAmps: 2 });
    assert.equal(register, 4096);
    assert.deepEqual([ampsPerStep.toFixed(6), wattsPerStep.toFixed(6)], ["0.000100", "0.002000"]);
  });

  test("PCA9685 7.3.5: 200 Hz is a prescaler of 30, 24 Hz 253, 1526 Hz 3", () => {
    assert.deepEqual(
      [200, 24, 1526].map((frequencyHz) => pca9685Prescale(frequencyHz)),
      [30, 253, 3],
    );
  });

  test("every character that can be typed has a picture of five columns, and no two look alike", () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
    assert.deepEqual(
      ascii.filter((character) => glyphs.get(character)?.length !== 5),
      [],
    );
    const pictures = [...glyphs.values()].map((columns) => columns.join());
    assert.equal(new Set(pictures).size, pictures.length);
  });
});
