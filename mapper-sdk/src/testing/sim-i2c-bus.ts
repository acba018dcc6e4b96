import {
  checkTransfer,
  type I2cBus,
  type I2cOpenOptions,
  type I2cOperation,
  i2cAddressName,
  type TransferOptions,
} from "../hal/i2c.ts";
import { HalError, type HalErrorKind, type NackPhase } from "../hal.ts";
import type { Faults } from "./faults.ts";
import { hexBytes } from "./hex-bytes.ts";

/**
 * A chip made of memory, as the wire sees it. Whatever it does not like it refuses by throwing {@link nack}; bytes beyond
 * what it knows read as 0xff, as on a bus that nobody drives.
 */
export interface I2cChip {
  /** Bytes that follow its address with the write bit; none for a probe. */
  write(bytes: Uint8Array): void;
  /** The next `length` bytes; shorter answers are filled up with 0xff. */
  read(length: number): Uint8Array;
  /** The transaction ended: where an EEPROM begins to store. */
  stop?(): void;
}

/** What a chip throws that does not acknowledge: its address, because it is busy, or a byte that it does not take. */
export const nack = (phase: NackPhase, why: string): HalError =>
  new HalError("nack", `no acknowledge of the ${phase}: ${why}`, { phase });

/** What can be wrong with a whole bus. */
export type I2cBusFault = Extract<HalErrorKind, "arbitration" | "bus-stuck" | "timeout">;

const faultTexts: Readonly<Record<I2cBusFault, string>> = {
  arbitration: "another master won the bus",
  "bus-stuck": "somebody holds SDA low",
  timeout: "the clock was stretched for too long",
};

/** One I2C bus of a simulated board, seen from outside: chips are put on it and taken off, and it can break. */
export class SimI2cBus {
  readonly name: string;
  /** False: there is no such bus, as without `dtparam=i2c_arm=on`; opening it fails. */
  present = true;
  /** Makes every transfer fail until it is `undefined` again. */
  fault: I2cBusFault | undefined;
  readonly #faults: Faults;
  readonly #chips = new Map<string, I2cChip>();
  readonly #users = new Map<symbol, string>();

  constructor(name: string, faults: Faults) {
    this.name = name;
    this.#faults = faults;
  }

  /** Who has the bus open, one entry per handle. */
  get users(): readonly string[] {
    return [...this.#users.values()];
  }

  /**
   * Puts a chip on the bus; the returned function takes it off, as pulling its plug does.
   * @throws RangeError when another chip has the address.
   */
  attach(address: number, chip: I2cChip, width: { readonly tenBit?: boolean } = {}): () => void {
    checkTransfer(address, [{ read: 0 }], width);
    const key = i2cAddressName(address, width);
    if (this.#chips.has(key)) throw new RangeError(`there is a chip at ${key} of ${this.name} already`);
    this.#chips.set(key, chip);
    return () => {
      if (this.#chips.get(key) === chip) this.#chips.delete(key);
    };
  }

  /** For the board: one more user. */
  async open({ consumer = "a driver" }: I2cOpenOptions = {}): Promise<I2cBus> {
    await this.#faults.step(`${this.name} open`);
    if (!this.present) throw new HalError("disconnected", `there is no ${this.name} on the simulated board`);
    const user = Symbol(consumer);
    this.#users.set(user, consumer);
    return {
      name: this.name,
      transfer: (address, operations, options) => this.#transfer(user, { address, operations, options }),
      [Symbol.asyncDispose]: async () => {
        if (!this.#users.delete(user)) this.#faults.misuse.push(`${this.name} was released twice by ${consumer}`);
        else this.#faults.note(`${this.name} close`);
      },
    };
  }

  async #transfer(
    user: symbol,
    {
      address,
      operations,
      options = {},
    }: { address: number; operations: readonly I2cOperation[]; options: TransferOptions | undefined },
  ): Promise<readonly Uint8Array[]> {
    const { signal } = options;
    checkTransfer(address, operations, options);
    const key = i2cAddressName(address, options);
    const where = `${this.name} ${key}`;
    signal?.throwIfAborted();
    await this.#faults.step(`${where} ${operations.map(describeOperation).join(", ")}`);
    signal?.throwIfAborted();
    if (!this.#users.has(user))
      throw new HalError("disconnected", `${this.name} has been released; ${where} is too late`);
    if (!this.present) throw new HalError("disconnected", `${this.name} is gone`);
    if (this.fault) throw new HalError(this.fault, `${where}: ${faultTexts[this.fault]}`);
    const chip = this.#chips.get(key);
    if (!chip) throw new HalError("nack", `${where}: no chip answers`, { phase: "address" });
    try {
      return perform(chip, operations);
    } catch (cause) {
      if (!(cause instanceof HalError)) throw cause;
      throw new HalError(cause.kind, `${where}: ${cause.message}`, {
        cause,
        ...(cause.phase && { phase: cause.phase }),
      });
    } finally {
      chip.stop?.();
    }
  }
}

/** An operation for traces and messages: `write f4 27`, `read 6`; long writes are shortened. */
export function describeOperation({ write, read }: I2cOperation): string {
  return write === undefined ? `read ${read}` : `write ${hexBytes(write)}`.trimEnd();
}

function perform(chip: I2cChip, operations: readonly I2cOperation[]): readonly Uint8Array[] {
  const read: Uint8Array[] = [];
  for (const operation of operations) {
    if (operation.write !== undefined) chip.write(operation.write.slice());
    else read.push(filledUp(chip.read(operation.read), operation.read));
  }
  return read;
}

function filledUp(bytes: Uint8Array, length: number): Uint8Array {
  const filled = new Uint8Array(length).fill(0xff);
  filled.set(bytes.subarray(0, length));
  return filled;
}
