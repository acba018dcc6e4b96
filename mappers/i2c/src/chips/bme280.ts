import { delay, f, fields, HalError, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { decimals } from "../numbers.ts";
import {
  fineTemperature,
  humidityOf,
  pressureOf,
  type Trimming,
  temperatureOf,
  trimmingOf,
} from "./bme280-compensation.ts";

// Registers of BST-BME280-DS002, 5.3.
const id = 0xd0;
const calibrationLow = 0x88;
const calibrationHigh = 0xe1;
const ctrlHum = 0xf2;
const status = 0xf3;
const ctrlMeas = 0xf4;
const config = 0xf5;
const data = 0xf7;

const chipId = 0x60;
const forced = 0b01;
const measuring = 0b1000;

/** Register values of the oversampling settings (data sheet 5.4.3, table 20). */
const oversamplings = { "1": 1, "2": 2, "4": 3, "8": 4, "16": 5 } as const;
/** Register values of the filter coefficients (data sheet 5.4.6, table 28). */
const filters = { off: 0, "2": 1, "4": 2, "8": 3, "16": 4 } as const;

const texts = Object.keys(oversamplings) as (keyof typeof oversamplings)[];
const oversampling = f.custom<keyof typeof oversamplings>(texts.join(", "), (raw) =>
  texts.find((text) => text === String(raw)),
);

const settings = fields({
  oversampling: f.withDefault(oversampling, "1"),
  filter: f.withDefault(
    f.custom<keyof typeof filters>("off, 2, 4, 8, 16", (raw) =>
      (Object.keys(filters) as (keyof typeof filters)[]).find((text) => text === String(raw)),
    ),
    "off",
  ),
});

/** Bosch BME280: temperature, pressure and humidity, measured when asked (forced mode, data sheet 3.3.3). */
export const bme280 = defineChip({
  name: "bme280",
  description: "Bosch BME280: temperature, pressure, humidity",
  addresses: [0x76, 0x77],
  settings,
  channels: () => ({
    temperature: p.float({ unit: "°C", min: -40, max: 85 }),
    pressure: p.float({ unit: "hPa", min: 0, max: 1200 }),
    humidity: p.float({ unit: "%", min: 0, max: 100 }),
  }),

  driver({ target, clock, settings }) {
    let trimming: Trimming | undefined;
    const samples = oversamplings[settings.oversampling];
    const times = 2 ** (samples - 1);
    // Data sheet 9.1: the longest time that a measurement takes.
    const measurementMs = 1.25 + 2.3 * times + (2.3 * times + 0.575) * 2;

    return {
      async setup(signal) {
        const [found] = await target.writeRead([id], 1, { signal });
        if (found !== chipId) throw notThis(found);
        const low = await target.writeRead([calibrationLow], 26, { signal });
        trimming = trimmingOf(low, await target.writeRead([calibrationHigh], 7, { signal }));
        await target.write([config, filters[settings.filter] << 2], { signal });
        // Becomes effective with the next write to ctrl_meas (data sheet 5.4.3).
        await target.write([ctrlHum, samples], { signal });
      },

      async sample(_, signal) {
        if (!trimming) throw new TypeError("the chip is not set up");
        await target.write([ctrlMeas, (samples << 5) | (samples << 2) | forced], { signal });
        await delay(clock, measurementMs, signal);
        const [busy = 0] = await target.writeRead([status], 1, { signal });
        if (busy & measuring) throw new HalError("timeout", `the BME280 still measures after ${measurementMs} ms`);
        // All in one transaction, so that the three belong to the same measurement (data sheet 4).
        const raw = await target.writeRead([data], 8, { signal });
        const bits20 = (at: number) => ((raw[at] ?? 0) << 12) | ((raw[at + 1] ?? 0) << 4) | ((raw[at + 2] ?? 0) >> 4);
        const fine = fineTemperature(bits20(3), trimming);
        return {
          temperature: temperatureOf(fine) / 100,
          pressure: decimals(pressureOf(bits20(0), fine, trimming) / 25600, 4),
          humidity: decimals(humidityOf(((raw[6] ?? 0) << 8) | (raw[7] ?? 0), fine, trimming) / 1024, 3),
        };
      },
    };
  },

  async identify(target, signal) {
    const [found] = await target.writeRead([id], 1, { signal });
    return found === chipId ? "certain" : "no";
  },
});

const notThis = (found = 0) => {
  const hint = found >= 0x56 && found <= 0x58 ? "; that is a BMP280, which has no humidity" : "";
  return new HalError(
    "other",
    `the chip says that it is 0x${found.toString(16)}, a BME280 says 0x${chipId.toString(16)}${hint}`,
  );
};
