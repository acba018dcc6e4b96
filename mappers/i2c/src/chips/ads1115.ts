import { delay, f, fields, HalError, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { decimals, i16be, u16be } from "../numbers.ts";

// Registers and bits of SBAS444, 8.6.
const conversion = 0;
const config = 1;
const startOrDone = 1 << 15;
const singleShot = 1 << 8;
const comparatorOff = 0b11;

/** MUX bits (table 8). */
const inputs = {
  ain0: 0b100,
  ain1: 0b101,
  ain2: 0b110,
  ain3: 0b111,
  "ain0-ain1": 0b000,
  "ain0-ain3": 0b001,
  "ain1-ain3": 0b010,
  "ain2-ain3": 0b011,
} as const;

/** PGA bits by full-scale range in volts (table 8). */
const ranges = { "6.144": 0, "4.096": 1, "2.048": 2, "1.024": 3, "0.512": 4, "0.256": 5 } as const;
type Range = keyof typeof ranges;
const rangeTexts = Object.keys(ranges) as Range[];

/** DR bits by samples per second (table 8). */
const rates = [8, 16, 32, 64, 128, 250, 475, 860] as const;

/** TI ADS1115: four analogue inputs, or two differences, as volts. */
export const ads1115 = defineChip({
  name: "ads1115",
  description: "TI ADS1115: four analogue inputs, 16 bits",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  settings: fields({
    /** Full-scale range in volts. An input must never exceed the supply by more than 0.3 V, whatever the range. */
    range: f.withDefault(
      f.custom<Range>(rangeTexts.join(", "), (raw) => rangeTexts.find((range) => Number(range) === Number(raw))),
      "2.048",
    ),
    rate: f.withDefault(
      f.custom<number>(rates.join(", "), (raw) => rates.find((rate) => rate === Number(raw))),
      128,
    ),
  }),
  channels: ({ range }) => {
    const max = Number(range);
    return Object.fromEntries(Object.keys(inputs).map((name) => [name, p.float({ unit: "V", min: -max, max })]));
  },

  driver({ target, clock, settings: { range, rate } }) {
    // 8.4.2.1: the data rate varies by 10 %, and a chip in power-down takes 25 us to wake up.
    const conversionMs = (1000 / rate) * 1.1 + 0.1;
    const dataRate = rates.indexOf(rate as (typeof rates)[number]);

    return {
      async sample(channels, signal) {
        const values: Record<string, unknown> = {};
        for (const channel of channels) {
          const mux = inputs[channel as keyof typeof inputs];
          const setting =
            startOrDone | (mux << 12) | (ranges[range] << 9) | singleShot | (dataRate << 5) | comparatorOff;
          await target.write([config, setting >> 8, setting & 0xff], { signal });
          await delay(clock, conversionMs, signal);
          const done = u16be(await target.writeRead([config], 2, { signal })) & startOrDone;
          if (!done) throw new HalError("timeout", `the ADS1115 still converts ${channel} after ${conversionMs} ms`);
          const raw = i16be(await target.writeRead([conversion], 2, { signal }));
          // Table 3: one step is FSR / 2^15.
          values[channel] = decimals((raw * Number(range)) / 32768, 7);
        }
        return values;
      },
    };
  },

  async identify(target, signal) {
    // After power-up: 0x8583; the comparator's thresholds 0x8000 and 0x7fff (8.6).
    const low = u16be(await target.writeRead([2], 2, { signal }));
    const high = u16be(await target.writeRead([3], 2, { signal }));
    return low === 0x8000 && high === 0x7fff ? "likely" : "no";
  },
});
