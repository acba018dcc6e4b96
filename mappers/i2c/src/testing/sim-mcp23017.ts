import { RegisterChip } from "./register-chip.ts";

const bitOf = (line: string): readonly [port: 0 | 1, bit: number] => [
  line.startsWith("B") ? 1 : 0,
  1 << Number(line.slice(1)),
];

/** An MCP23017 with its sixteen wires. A wire that nobody drives is high with a pull-up and low without. */
export class SimMcp23017 extends RegisterChip {
  /** What drives the wires from outside, by line: `true` is high. */
  readonly outside = new Map<string, boolean>();

  constructor() {
    super({
      reset: { 0: 0xff, 1: 0xff },
      onWrite: (register, value) => {
        // A write to GPIO goes to OLAT (DS20001952C, 3.5.10); IOCON is one register with two addresses.
        if (register === 0x12 || register === 0x13) this.cells[register + 2] = value;
        if (register === 0x0a || register === 0x0b) this.cells[0x0a] = this.cells[0x0b] = value & 0xfe;
      },
      onRead: (register) =>
        register === 0x12 || register === 0x13 ? this.#port((register - 0x12) as 0 | 1) : undefined,
      next: (register) => (register + 1) % 22,
    });
  }

  /** Whether the wire of `line` (`A0` to `B7`) is high. */
  level(line: string): boolean {
    const [port, bit] = bitOf(line);
    const isOutput = ((this.cells[port] as number) & bit) === 0;
    if (isOutput) return ((this.cells[0x14 + port] as number) & bit) !== 0;
    return this.outside.get(line) ?? ((this.cells[0x0c + port] as number) & bit) !== 0;
  }

  #port(port: 0 | 1): number {
    const name = port === 0 ? "A" : "B";
    let levels = 0;
    for (let bit = 0; bit < 8; bit++) if (this.level(`${name}${bit}`)) levels |= 1 << bit;
    return levels ^ (this.cells[0x02 + port] as number);
  }
}
