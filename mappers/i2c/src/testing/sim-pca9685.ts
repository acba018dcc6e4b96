import { RegisterChip } from "./register-chip.ts";

const sleep = 1 << 4;
const autoIncrement = 1 << 5;

/** A PCA9685: its prescaler can be written only while it sleeps, and registers follow each other only when told to. */
export class SimPca9685 extends RegisterChip {
  #prescaler = 0x1e;

  constructor() {
    super({
      reset: {
        0: 0x11,
        1: 0x04,
        254: 0x1e,
        ...Object.fromEntries(Array.from({ length: 16 }, (_, led) => [0x09 + 4 * led, 0x10])),
      },
      onWrite: (register, value) => {
        if (register !== 0xfe) return;
        if ((this.cells[0] as number) & sleep) this.#prescaler = value;
        this.cells[0xfe] = this.#prescaler;
      },
      next: (register) => ((this.cells[0] as number) & autoIncrement ? (register + 1) & 0xff : register),
    });
  }

  /** Hertz at the nominal oscillator. */
  get frequencyHz(): number {
    return 25e6 / (4096 * ((this.cells[0xfe] as number) + 1));
  }

  /** Share of the period that output `led` is on, 0 while the oscillator sleeps. */
  duty(led: number): number {
    const at = 0x06 + 4 * led;
    const word = (from: number) => (this.cells[from] as number) | ((this.cells[from + 1] as number) << 8);
    const [on, off] = [word(at), word(at + 2)];
    if (((this.cells[0] as number) & sleep) !== 0 || off & 0x1000) return 0;
    return on & 0x1000 ? 1 : ((off - on + 4096) % 4096) / 4096;
  }
}
