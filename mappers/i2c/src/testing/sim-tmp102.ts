import { WordChip } from "./word-chip.ts";

/** A TMP102 in its twelve-bit format. */
export class SimTmp102 extends WordChip {
  /** Degrees Celsius. */
  temperature = 21.5;

  constructor() {
    super({
      reset: { 1: 0x60a0, 2: 0x4b00, 3: 0x5000 },
      // The resolution bits cannot be written, the lowest bits of the limits are no bits.
      accept: (register, value) => (register === 0 ? undefined : register === 1 ? value | 0x6000 : value & 0xfff0),
      onRead: (register) => (register === 0 ? (Math.round(this.temperature / 0.0625) << 4) & 0xffff : undefined),
    });
  }
}
