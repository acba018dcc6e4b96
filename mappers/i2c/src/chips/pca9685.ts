import { delay, f, fields, type Property, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { decimals, u16le } from "../numbers.ts";

// Registers and bits of the data sheet "PCA9685", revision 4, 7.3.
const mode1 = 0x00;
const mode2 = 0x01;
const firstLed = 0x06;
const prescaler = 0xfe;
const sleep = 1 << 4;
const autoIncrement = 1 << 5;
const restart = 1 << 7;
const totemPole = 1 << 2;
const inverted = 1 << 4;
/** Bit 12 of ON and OFF: fully on, fully off. */
const full = 1 << 12;
const steps = 4096;
const outputs = 16;

/** The prescaler for a frequency (7.3.5): round(oscillator / (4096 * frequency)) - 1. */
export const pca9685Prescale = (frequencyHz: number, oscillatorHz = 25e6): number =>
  Math.min(Math.max(Math.round(oscillatorHz / (steps * frequencyHz)) - 1, 3), 255);

/** NXP PCA9685: sixteen PWM outputs of one frequency, in percent (`pwm0`) or as the width of a servo's pulse (`pulse0`). */
export const pca9685 = defineChip({
  name: "pca9685",
  description: "NXP PCA9685: sixteen PWM outputs, for fans, lamps and servos",
  // 0x70 is the "all call" address of every chip.
  addresses: Array.from({ length: 64 }, (_, index) => 0x40 + index).filter(
    (address) => address !== 0x70 && address < 0x78,
  ),
  settings: fields({
    frequencyHz: f.withDefault(f.number({ min: 24, max: 1526 }), 200),
    /** Measured frequency of the oscillator; the data sheet promises no better than about 5 %. */
    oscillatorHz: f.withDefault(f.number({ min: 1e6, max: 50e6 }), 25e6),
    /** Active means low on the output. */
    invert: f.withDefault(f.boolean(), false),
  }),
  channels({ frequencyHz }) {
    const channels: Record<string, Property> = {};
    for (let output = 0; output < outputs; output++) {
      channels[`pwm${output}`] = p.float({ unit: "%", min: 0, max: 100, access: "rw" });
      channels[`pulse${output}`] = p.float({ unit: "us", min: 0, max: 1e6 / frequencyHz, access: "rw" });
    }
    return channels;
  },

  driver({ target, clock, settings: { frequencyHz, oscillatorHz, invert }, initial }) {
    const prescale = pca9685Prescale(frequencyHz, oscillatorHz);
    const periodUs = (1e6 * steps * (prescale + 1)) / oscillatorHz;
    const driven: Record<string, number> = { ...(initial as Record<string, number>) };

    async function drive(channel: string, value: number, signal: AbortSignal): Promise<void> {
      const { output, share } = shareOf(channel, value, periodUs);
      const off = Math.round(share * steps);
      const [on, end] = off >= steps ? [full, 0] : off === 0 ? [0, full] : [0, off];
      const at = firstLed + 4 * output;
      await target.write([at, on & 0xff, on >> 8, end & 0xff, end >> 8], { signal });
    }

    return {
      async setup(signal) {
        const [mode = 0] = await target.writeRead([mode1], 1, { signal });
        const [found] = await target.writeRead([prescaler], 1, { signal });
        if (found !== prescale) {
          // 7.3.1.1: the prescaler can only be written while the oscillator sleeps.
          await target.write([mode1, (mode & ~restart) | sleep | autoIncrement], { signal });
          await target.write([prescaler, prescale], { signal });
        }
        await target.write([mode2, totemPole | (invert ? inverted : 0)], { signal });
        const awake = autoIncrement;
        if (found !== prescale || (mode & sleep) !== 0 || (mode & autoIncrement) === 0) {
          await target.write([mode1, awake], { signal });
          await delay(clock, 1, signal); // 500 us until the oscillator is stable
        }
        for (const [channel, value] of Object.entries(driven)) await drive(channel, value, signal);
      },

      async sample(channels, signal) {
        const values: Record<string, unknown> = {};
        const raw = await target.writeRead([firstLed], 4 * outputs, { signal });
        for (const channel of channels) {
          const { output } = shareOf(channel, 0, periodUs);
          const on = u16le(raw, 4 * output);
          const end = u16le(raw, 4 * output + 2);
          const share = end & full ? 0 : on & full ? 1 : ((end - on + steps) % steps) / steps;
          values[channel] = shown(channel, share, { driven: driven[channel], periodUs });
        }
        return values;
      },

      async write(channel, value, signal) {
        await drive(channel, value as number, signal);
        driven[channel] = value as number;
      },
    };
  },

  async identify(target, signal) {
    // After power-up: MODE1 0x11, prescaler 0x1e (7.3.1, 7.3.5).
    const [mode] = await target.writeRead([mode1], 1, { signal });
    const [found] = await target.writeRead([prescaler], 1, { signal });
    return mode === 0x11 && found === 0x1e ? "likely" : "no";
  },
});

function shareOf(
  channel: string,
  value: number,
  periodUs: number,
): { readonly output: number; readonly share: number } {
  const output = Number(/\d+$/.exec(channel)?.[0]);
  return { output, share: Math.min(channel.startsWith("pulse") ? value / periodUs : value / 100, 1) };
}

/** What was written, as long as the chip shows the step nearest to it: 33.3 % is not 1364/4096. */
function shown(
  channel: string,
  share: number,
  { driven, periodUs }: { driven: number | undefined; periodUs: number },
): number {
  if (
    driven !== undefined &&
    Math.round(shareOf(channel, driven, periodUs).share * steps) === Math.round(share * steps)
  ) {
    return driven;
  }
  return channel.startsWith("pulse") ? decimals(share * periodUs, 1) : decimals(share * 100, 2);
}
