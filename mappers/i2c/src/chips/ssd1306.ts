import { f, fields, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { glyphs, glyphWidth } from "./glyphs.ts";

// Control bytes and commands of the data sheet "SSD1306", revision 1.1, 8.1.5.2 and table 9-1.
const commands = 0x00;
const dataFollows = 0x40;
/** Bytes of picture data in one transaction; adapters that know SMBus only take 32. */
const chunk = 31;

/** Commands that make a panel of `height` lines show its memory from the left top (table 9-1, and 3 of its application note). */
const initialise = (height: number, contrast: number): readonly number[] => [
  0xae, // off while it is set up
  ...[0xd5, 0x80], // clock
  ...[0xa8, height - 1], // lines
  ...[0xd3, 0x00], // no offset
  0x40, // first line
  ...[0x8d, 0x14], // charge pump on
  ...[0x20, 0x00], // addresses run horizontally
  0xa1, // column 127 is the first one: the panel hangs that way
  0xc8, // and so do its rows
  ...[0xda, height === 64 ? 0x12 : 0x02], // pins
  ...[0x81, contrast],
  ...[0xd9, 0xf1], // pre-charge
  ...[0xdb, 0x40], // level of deselected rows
  0xa4, // show the memory
  0xa6, // lit is 1
];

/** Solomon SSD1306: a display of 128 by 64 or 32 dots, as lines of 21 characters. It cannot be read: what is shown is remembered. */
export const ssd1306 = defineChip({
  name: "ssd1306",
  description: "Solomon SSD1306: OLED display, as lines of text",
  addresses: [0x3c, 0x3d],
  settings: fields({
    height: f.withDefault(
      f.custom<32 | 64>("32 or 64", (raw) => ([32, 64] as const).find((lines) => lines === Number(raw))),
      64,
    ),
  }),
  channels({ height }) {
    const lines = Array.from({ length: height / 8 }, (_, line) => [`line${line}`, p.string({ access: "rw" })] as const);
    return {
      ...Object.fromEntries(lines),
      contrast: p.int({ min: 0, max: 255, access: "rw" }),
      power: p.boolean({ access: "rw" }),
    };
  },

  driver({ target, settings: { height }, initial }) {
    const shown: Record<string, unknown> = { contrast: 0x7f, power: true, ...initial };
    const command = (bytes: readonly number[], signal: AbortSignal) => target.write([commands, ...bytes], { signal });

    async function draw(line: number, text: string, signal: AbortSignal): Promise<void> {
      await command([0x21, 0, 127, 0x22, line, line], signal);
      const dots = dotsOf(text);
      for (let from = 0; from < dots.length; from += chunk) {
        await target.write([dataFollows, ...dots.subarray(from, from + chunk)], { signal });
      }
    }

    async function apply(channel: string, value: unknown, signal: AbortSignal): Promise<void> {
      if (channel === "contrast") await command([0x81, Number(value)], signal);
      else if (channel === "power") await command([value === true ? 0xaf : 0xae], signal);
      else await draw(Number(channel.slice("line".length)), String(value), signal);
    }

    return {
      async setup(signal) {
        await command(initialise(height, Number(shown.contrast)), signal);
        // Memory is random after power-up: every line is drawn before the panel lights up.
        for (let line = 0; line < height / 8; line++) await draw(line, String(shown[`line${line}`] ?? ""), signal);
        await apply("power", shown.power, signal);
      },
      async sample(channels, signal) {
        // A status byte is all that it tells over I2C; asking for it shows that somebody is there.
        await target.read(1, { signal });
        return Object.fromEntries(channels.map((channel) => [channel, shown[channel] ?? ""]));
      },
      async write(channel, value, signal) {
        await apply(channel, value, signal);
        shown[channel] = value;
      },
    };
  },
});

/** The 128 columns of one line of text; what does not fit is left out, and what has no picture is a box. */
function dotsOf(text: string): Uint8Array {
  const dots = new Uint8Array(128);
  [...text].slice(0, Math.floor(128 / (glyphWidth + 1))).forEach((character, index) => {
    dots.set(glyphs.get(character) ?? glyphs.get("\u25a1") ?? [], index * (glyphWidth + 1));
  });
  return dots;
}
