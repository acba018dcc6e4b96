import { f, fields, type Property, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { u16be } from "../numbers.ts";
import { type RegisterPlace, registerDriver } from "../registers/register-driver.ts";

const celsius = { unit: "°C", min: -64, max: 160 } as const;

/** The registers of SBOS397, 7.5, in the twelve-bit format: 0.0625 °C for each step, left-aligned. */
const places: Readonly<Record<string, Omit<RegisterPlace, "property"> & { readonly property: Property }>> = {
  temperature: { register: 0, codec: twelveBits(), property: p.float(celsius) },
  low: { register: 2, codec: twelveBits(), property: p.float({ ...celsius, access: "rw" }) },
  high: { register: 3, codec: twelveBits(), property: p.float({ ...celsius, access: "rw" }) },
};

function twelveBits() {
  return { type: "i16", bits: { at: 4, length: 12 }, scale: 0.0625 } as const;
}

const configuration = 1;
/** Conversions per second, bits CR1 and CR0 (table 8). */
const rates = { "0.25": 0, "1": 1, "4": 2, "8": 3 } as const;
type Rate = keyof typeof rates;
const rateTexts = Object.keys(rates) as Rate[];

/** TI TMP102: temperature, and the two limits of its alert output. */
export const tmp102 = defineChip({
  name: "tmp102",
  description: "TI TMP102: temperature, alert limits",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  settings: fields({
    /** Conversions per second. */
    rate: f.withDefault(
      f.custom<Rate>(rateTexts.join(", "), (raw) => rateTexts.find((rate) => rate === String(raw))),
      "4",
    ),
  }),
  channels: () => Object.fromEntries(Object.entries(places).map(([name, { property }]) => [name, property])),

  driver(parts) {
    const { settings, initial } = parts;
    const registers = registerDriver(
      parts,
      // 7.5.3.1: resolution bits R1 R0 are read-only ones; continuous conversion, comparator mode.
      {
        format: { bytes: 1, order: "big" },
        blockBytes: 0,
        startUp: [[configuration, 0x60, rates[settings.rate] << 6]],
      },
      new Map(Object.entries(places)),
    );
    const limits: Record<string, unknown> = { ...initial };
    return {
      async setup(signal) {
        await registers.setup?.(signal);
        for (const [name, value] of Object.entries(limits)) await registers.write?.(name, value, signal);
      },
      sample: registers.sample,
      async write(name, value, signal) {
        await registers.write?.(name, value, signal);
        limits[name] = value;
      },
    };
  },

  async identify(target, signal) {
    const configured = u16be(await target.writeRead([configuration], 2, { signal }));
    const measured = u16be(await target.writeRead([0], 2, { signal }));
    // R1 and R0 read as ones, the four lowest bits of both registers as zeros (EM = 0).
    return (configured & 0x600f) === 0x6000 && (measured & 0x000f) === 0 ? "likely" : "no";
  },
});
