import { WordChip } from "./word-chip.ts";

/** An INA219 between a supply and its load. */
export class SimIna219 extends WordChip {
  /** Volts of the bus. */
  volts = 11.98;
  /** Amperes through the shunt. */
  amps = 0.5;
  readonly shuntOhms: number;

  constructor({ shuntOhms = 0.1 }: { readonly shuntOhms?: number } = {}) {
    super({
      reset: { 0: 0x399f, 5: 0 },
      accept: (register, value) => (register === 0 ? value : register === 5 ? value & 0xfffe : undefined),
      onRead: (register) => this.#measured(register),
    });
    this.shuntOhms = shuntOhms;
  }

  /** SBOS448 8.5.1: current = shunt * calibration / 4096, power = current * bus / 5000, in steps of the registers. */
  #measured(register: number): number | undefined {
    const shunt = Math.round((this.amps * this.shuntOhms) / 10e-6);
    const bus = Math.round(this.volts / 0.004);
    const current = Math.trunc((shunt * (this.registers.get(5) ?? 0)) / 4096);
    const power = Math.trunc((Math.abs(current) * bus) / 5000);
    const overflow = current > 32767 || current < -32768 || power > 65535 ? 1 : 0;
    const values = [undefined, shunt, (bus << 3) | 0b10 | overflow, power, current] as const;
    const value = values[register];
    return value === undefined ? undefined : value & 0xffff;
  }
}
