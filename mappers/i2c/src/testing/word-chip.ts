import type { I2cChip } from "@edgetwin/mapper-sdk/simulation";

/** How a chip with registers of two bytes behaves besides keeping them. */
export interface WordChipOptions {
  readonly reset: Readonly<Record<number, number>>;
  /** What becomes of a value that is written; undefined for a register that cannot be written. */
  readonly accept?: (register: number, value: number) => number | undefined;
  /** What is read instead of what is kept. */
  readonly onRead?: (register: number) => number | undefined;
}

/** A chip whose pointer chooses one register of 16 bits, high byte first, as the sensors of TI have them. */
export class WordChip implements I2cChip {
  readonly registers: Map<number, number>;
  readonly #options: WordChipOptions;
  #pointer = 0;

  constructor(options: WordChipOptions) {
    this.#options = options;
    this.registers = new Map(Object.entries(options.reset).map(([register, value]) => [Number(register), value]));
  }

  write([pointer, high, low]: Uint8Array): void {
    if (pointer === undefined) return;
    this.#pointer = pointer;
    if (high === undefined || low === undefined) return;
    const { accept = (_, value) => value } = this.#options;
    const accepted = accept(pointer, (high << 8) | low);
    if (accepted !== undefined) this.registers.set(pointer, accepted);
  }

  read(length: number): Uint8Array {
    const value = this.#options.onRead?.(this.#pointer) ?? this.registers.get(this.#pointer) ?? 0;
    // Whoever reads on gets the same register again.
    return Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? value >> 8 : value & 0xff));
  }
}
