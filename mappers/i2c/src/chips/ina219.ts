import { f, fields, HalError, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { decimals, i16be, u16be } from "../numbers.ts";

// Registers of SBOS448, 8.6.
const configuration = 0;
const shuntVoltage = 1;
const busVoltage = 2;
const power = 3;
const current = 4;
const calibration = 5;
/** Overflow bit of the bus voltage register: current or power did not fit. */
const overflow = 1;
/** 32 V, 12 bits, shunt and bus continuously (8.6.2.1). */
const bus32V = 1 << 13;
const continuous = 0x019f;
/** PG bits by the largest voltage over the shunt, in millivolts (table 4). */
const gains = [40, 80, 160, 320] as const;

/** The calibration register and the steps of current and power (8.5.1, equations 1 to 3). */
export function ina219Scale({ shuntOhms, maxAmps }: { readonly shuntOhms: number; readonly maxAmps: number }) {
  // 8.5.1: the smallest step is the largest current over 2^15; rounded up to a step that reads well.
  const smallest = maxAmps / 32768;
  const magnitude = 10 ** Math.floor(Math.log10(smallest));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= smallest * 0.999999) ?? 10) * magnitude;
  const register = Math.trunc(decimals(0.04096 / (step * shuntOhms), 6));
  return { register, ampsPerStep: step, wattsPerStep: 20 * step };
}

/** TI INA219: voltage, current and power of a supply, over a shunt. */
export const ina219 = defineChip({
  name: "ina219",
  description: "TI INA219: voltage, current, power",
  addresses: [0x40, ...Array.from({ length: 15 }, (_, index) => 0x41 + index)],
  settings: fields({
    shuntOhms: f.withDefault(f.number({ min: 0.0001, max: 10 }), 0.1),
    /** Largest current that is expected, in amperes. */
    maxAmps: f.withDefault(f.number({ min: 0.001, max: 1000 }), 2),
  }),
  channels: ({ maxAmps }) => ({
    voltage: p.float({ unit: "V", min: 0, max: 32 }),
    current: p.float({ unit: "A", min: -maxAmps * 1.1, max: maxAmps * 1.1 }),
    power: p.float({ unit: "W", min: 0 }),
    shuntVoltage: p.float({ unit: "mV", min: -320, max: 320 }),
  }),

  driver({ target, settings }) {
    const { register, ampsPerStep, wattsPerStep } = ina219Scale(settings);
    const millivolts = settings.maxAmps * settings.shuntOhms * 1000;
    const gain = gains.findIndex((most) => most >= millivolts);

    return {
      async setup(signal) {
        if (gain < 0 || register > 0xfffe || register < 1) throw impossible(settings, millivolts);
        const value = bus32V | (gain << 11) | continuous;
        await target.write([configuration, value >> 8, value & 0xff], { signal });
        await target.write([calibration, register >> 8, register & 0xff], { signal });
      },

      async sample(channels, signal) {
        const word = (from: number) => target.writeRead([from], 2, { signal });
        const values: Record<string, unknown> = {};
        const bus = u16be(await word(busVoltage));
        // 8.6.3.2: the value begins at bit 3; one step is 4 mV.
        values.voltage = decimals((bus >> 3) * 0.004, 3);
        if (channels.includes("shuntVoltage"))
          values.shuntVoltage = decimals(i16be(await word(shuntVoltage)) * 0.01, 2);
        const saturated = (bus & overflow) !== 0 && new HalError("other", "more current than maxAmps allows for");
        if (channels.includes("current"))
          values.current = saturated || decimals(i16be(await word(current)) * ampsPerStep, 6);
        if (channels.includes("power"))
          values.power = saturated || decimals(u16be(await word(power)) * wattsPerStep, 6);
        return values;
      },
    };
  },

  async identify(target, signal) {
    // 8.6.2.1: 0x399f after power-up, and nothing in the calibration register.
    const found = u16be(await target.writeRead([configuration], 2, { signal }));
    return found === 0x399f ? "likely" : "no";
  },
});

const impossible = ({ shuntOhms, maxAmps }: { shuntOhms: number; maxAmps: number }, millivolts: number) =>
  new HalError(
    "unsupported",
    `connection.settings: ${maxAmps} A over ${shuntOhms} ohms are ${decimals(millivolts, 3)} mV; the INA219 measures up to 320 mV`,
  );
