import { delay, f, fields, HalError, p } from "@edgetwin/mapper-sdk";
import { awaitAnswer } from "../await-answer.ts";
import { defineChip } from "../chip.ts";
import { decimals, u16be } from "../numbers.ts";
import { checked } from "../registers/check-codes.ts";

// Commands of the data sheet "SHT3x-DIS", version 7; single shot without clock stretching (table 9).
const single = { high: [0x24, 0x00], medium: [0x24, 0x0b], low: [0x24, 0x16] } as const;
/** Longest duration of a measurement (table 4), rounded up. */
const durationMs = { high: 16, medium: 7, low: 5 } as const;
const heaterOn = [0x30, 0x6d] as const;
const heaterOff = [0x30, 0x66] as const;
const readStatus = [0xf3, 0x2d] as const;
const softReset = [0x30, 0xa2] as const;
/** Bit 13 of the status register (table 18). */
const heaterBit = 1 << 13;
/** Bits of the status register that are reserved and read as 0. */
const reservedBits = 0b0101_0011_1110_1100;

const words = (raw: Uint8Array, address: number) => checked("sensirion", raw, { address, prefix: [] });

/** Sensirion SHT30, SHT31 and SHT35: temperature and humidity. */
export const sht31 = defineChip({
  name: "sht31",
  description: "Sensirion SHT30/31/35: temperature, humidity",
  addresses: [0x44, 0x45],
  settings: fields({ repeatability: f.withDefault(f.oneOf(["high", "medium", "low"]), "high") }),
  channels: () => ({
    temperature: p.float({ unit: "°C", min: -45, max: 130 }),
    humidity: p.float({ unit: "%", min: 0, max: 100 }),
    heater: p.boolean({ access: "rw" }),
  }),

  driver({ target, bare, clock, settings: { repeatability }, initial }) {
    let heater = initial.heater === true;
    /** A measurement whose result nobody fetched: until it ends, the chip acknowledges nothing (data sheet 4.4). */
    let measuring = true;
    async function idle(signal: AbortSignal): Promise<void> {
      if (measuring) await awaitAnswer(bare, { clock, withinMs: durationMs.high, signal });
      measuring = false;
    }
    const status = async (signal: AbortSignal) =>
      u16be(words(await target.writeRead(readStatus, 3, { signal }), target.address));

    return {
      async setup(signal) {
        measuring = true;
        await idle(signal);
        await target.write(softReset, { signal });
        await delay(clock, 2, signal); // table 6: 1.5 ms
        if (heater) await target.write(heaterOn, { signal });
      },

      async sample(channels, signal) {
        await idle(signal);
        const values: Record<string, unknown> = {};
        if (channels.includes("heater")) values.heater = ((await status(signal)) & heaterBit) !== 0;
        if (channels.every((channel) => channel === "heater")) return values;
        measuring = true;
        await target.write(single[repeatability], { signal });
        await delay(clock, durationMs[repeatability], signal);
        const answer = await target.read(6, { signal });
        measuring = false;
        const raw = words(answer, target.address);
        // 4.13, "Conversion of Signal Output".
        values.temperature = decimals(-45 + (175 * u16be(raw, 0)) / 65535, 3);
        values.humidity = decimals((100 * u16be(raw, 2)) / 65535, 3);
        return values;
      },

      async write(_, value, signal) {
        await idle(signal);
        heater = value === true;
        await target.write(heater ? heaterOn : heaterOff, { signal });
      },
    };
  },

  async identify(target, signal) {
    try {
      const status = u16be(words(await target.writeRead(readStatus, 3, { signal }), target.address));
      return (status & reservedBits) === 0 ? "certain" : "no";
    } catch (error) {
      if (error instanceof HalError) return "no";
      throw error;
    }
  },
});
