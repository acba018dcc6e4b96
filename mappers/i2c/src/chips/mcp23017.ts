import { f, fields, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";

/** Registers of DS20001952C, table 3-3 (IOCON.BANK = 0): port A; port B is one further. */
export const mcp23017Registers = { iodir: 0x00, iocon: 0x0a, gppu: 0x0c, gpio: 0x12, olat: 0x14 } as const;

/** The sixteen lines: `A0` to `A7`, `B0` to `B7`. */
export const mcp23017Lines: readonly string[] = ["A", "B"].flatMap((port) =>
  Array.from({ length: 8 }, (_, bit) => `${port}${bit}`),
);

const bitOf = (line: string): number => mcp23017Lines.indexOf(line);

const lineList = f.custom<readonly string[]>("a list of lines from A0 to A7 and B0 to B7", (raw) =>
  Array.isArray(raw) && raw.every((line) => mcp23017Lines.includes(line)) ? (raw as string[]) : undefined,
);

const maskOf = (lines: readonly string[]): number => lines.reduce((mask, line) => mask | (1 << bitOf(line)), 0);

/** Microchip MCP23017: sixteen lines, each an input or an output. For `mappers/gpio`, see `withExpanders`. */
export const mcp23017 = defineChip({
  name: "mcp23017",
  description: "Microchip MCP23017: sixteen digital lines",
  addresses: Array.from({ length: 8 }, (_, index) => 0x20 + index),
  settings: fields({
    /** Lines that are driven; the others are inputs. */
    outputs: f.withDefault(lineList, []),
    /** Inputs with the chip's resistor of 100 kilohms to the supply. */
    pullUps: f.withDefault(lineList, []),
    /** Lines on which active means low. */
    activeLow: f.withDefault(lineList, []),
  }),
  channels: ({ outputs }) =>
    Object.fromEntries(
      mcp23017Lines.map((line) => [line, outputs.includes(line) ? p.boolean({ access: "rw" }) : p.boolean()]),
    ),

  driver({ target, settings: { outputs, pullUps, activeLow }, initial }) {
    const { iodir, iocon, gppu, gpio, olat } = mcp23017Registers;
    const invert = maskOf(activeLow);
    const directions = 0xffff & ~maskOf(outputs);
    const word = (register: number, value: number) => [register, value & 0xff, value >> 8];
    const active = (line: string) => initial[line] === true;
    /** Levels of the wires that we drive. */
    let levels = (maskOf(outputs.filter(active)) ^ invert) & ~directions;

    return {
      async setup(signal) {
        // Registers in sequence, port A and B in one bank: what a reset chip does, but not one that we took over.
        await target.write([iocon, 0], { signal });
        await target.write(word(gppu, maskOf(pullUps)), { signal });
        // The level before the direction, so that no output shows another one in between.
        await target.write(word(olat, levels), { signal });
        await target.write(word(iodir, directions), { signal });
      },

      async sample(channels, signal) {
        const [a = 0, b = 0] = await target.writeRead([gpio], 2, { signal });
        const states = (a | (b << 8)) ^ invert;
        return Object.fromEntries(channels.map((line) => [line, (states & (1 << bitOf(line))) !== 0]));
      },

      async write(line, value, signal) {
        const bit = 1 << bitOf(line);
        const high = (value === true) !== ((invert & bit) !== 0);
        const wanted = high ? levels | bit : levels & ~bit;
        await target.write(word(olat, wanted), { signal });
        levels = wanted;
      },
    };
  },

  async identify(target, signal) {
    // After power-up all lines are inputs, and IOCON answers at both its addresses alike.
    const [a, b] = await target.writeRead([mcp23017Registers.iodir], 2, { signal });
    const [first, second] = await target.writeRead([mcp23017Registers.iocon], 2, { signal });
    return a === 0xff && b === 0xff && first === second && ((first ?? 1) & 1) === 0 ? "likely" : "no";
  },
});
