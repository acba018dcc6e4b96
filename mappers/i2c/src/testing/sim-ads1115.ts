import type { Clock } from "@edgetwin/mapper-sdk";
import { WordChip } from "./word-chip.ts";

/** Positive and negative input by MUX bits; 4 is ground (SBAS444 table 8). */
const pairs = [
  [0, 1],
  [0, 3],
  [1, 3],
  [2, 3],
  [0, 4],
  [1, 4],
  [2, 4],
  [3, 4],
] as const;
const ranges = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256] as const;
const rates = [8, 16, 32, 64, 128, 250, 475, 860] as const;

/** An ADS1115 whose conversions take their time; a second start meanwhile does nothing. */
export class SimAds1115 extends WordChip {
  /** Volts at AIN0 to AIN3. */
  readonly volts: [number, number, number, number] = [0, 0, 0, 0];
  #doneMs = 0;
  #pending: number | undefined;

  constructor({ clock }: { readonly clock: Clock }) {
    super({
      reset: { 0: 0, 1: 0x8583, 2: 0x8000, 3: 0x7fff },
      accept: (register, value) => {
        if (register === 0) return undefined;
        if (register === 1 && value & 0x8000 && this.#idle(clock)) {
          this.#pending = this.#convert(value);
          this.#doneMs = clock.monotonic() + 1000 / (rates[(value >> 5) & 7] as number);
        }
        return value;
      },
      onRead: (register) => {
        const idle = this.#idle(clock);
        if (register === 1) return ((this.registers.get(1) ?? 0) & 0x7fff) | (idle ? 0x8000 : 0);
        return undefined;
      },
    });
  }

  #idle(clock: Clock): boolean {
    if (clock.monotonic() < this.#doneMs) return false;
    if (this.#pending !== undefined) this.registers.set(0, this.#pending);
    this.#pending = undefined;
    return true;
  }

  #convert(config: number): number {
    const [plus, minus] = pairs[(config >> 12) & 7] as readonly [number, number];
    const level = (input: number) => this.volts[input] ?? 0;
    const raw = Math.round(((level(plus) - level(minus)) * 32768) / (ranges[(config >> 9) & 7] as number));
    return Math.min(Math.max(raw, -32768), 32767) & 0xffff;
  }
}
