import { type CodecSpec, type CodecValue, codecOf } from "@edgetwin/mapper-sdk/codecs";
import { type I2cChip, nack } from "@edgetwin/mapper-sdk/simulation";

/** How a chip with registers of one byte behaves besides keeping them. */
export interface RegisterChipOptions {
  /** Values after power-up, by register. */
  readonly reset?: Readonly<Record<number, number>>;
  /** Called after a byte was written to a register. */
  readonly onWrite?: (register: number, value: number) => void;
  /** Called before a register is read; returns what is read instead of what is kept. */
  readonly onRead?: (register: number) => number | undefined;
  /** The register after `register`. Default the next one, round at 256. */
  readonly next?: (register: number) => number;
}

/** A chip whose first written byte chooses a register, with more bytes going to or coming from those that follow. */
export class RegisterChip implements I2cChip {
  readonly cells = new Uint8Array(256);
  readonly #options: RegisterChipOptions;
  #pointer = 0;
  #power = true;

  constructor(options: RegisterChipOptions = {}) {
    this.#options = options;
    this.powerUp();
  }

  /** The state after power was switched on. */
  powerUp(): void {
    this.#power = true;
    this.#pointer = 0;
    this.cells.fill(0);
    for (const [register, value] of Object.entries(this.#options.reset ?? {})) this.cells[Number(register)] = value;
  }

  /**
   * Makes the chip hold `value` in a register and those behind it, in the codec that a visitor names; other bits stay.
   * @throws MapperError `CONFIG_INVALID` for a codec that is none, `VALUE_INVALID` for a value that does not fit.
   */
  hold({ register, ...spec }: CodecSpec & { readonly register: number }, value: CodecValue): void {
    const codec = codecOf(spec);
    if (register + codec.byteLength > this.cells.length)
      throw new RangeError(`a ${spec.type} at register ${register} ends behind the last one, ${this.cells.length - 1}`);
    codec.encode(typeof value === "boolean" ? Number(value) : value, this.cells, register);
  }

  /** Answers nothing until {@link powerUp}. */
  powerDown(): void {
    this.#power = false;
  }

  write([register, ...values]: Uint8Array): void {
    if (!this.#power) throw nack("address", "it has no power");
    if (register === undefined) return;
    this.#pointer = register;
    for (const value of values) {
      this.cells[this.#pointer] = value;
      this.#options.onWrite?.(this.#pointer, value);
      this.#advance();
    }
  }

  read(length: number): Uint8Array {
    if (!this.#power) throw nack("address", "it has no power");
    return Uint8Array.from({ length }, () => {
      const value = this.#options.onRead?.(this.#pointer) ?? (this.cells[this.#pointer] as number);
      this.#advance();
      return value;
    });
  }

  #advance(): void {
    this.#pointer = this.#options.next?.(this.#pointer) ?? (this.#pointer + 1) & 0xff;
  }
}
