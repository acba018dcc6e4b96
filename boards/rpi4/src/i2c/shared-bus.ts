import { HalError, i2cAddressName } from "@edgetwin/mapper-sdk";
import { systemCode } from "../hal-error.ts";
import { type AdapterParts, runTransaction } from "./adapter.ts";
import { type Failed, i2cError } from "./i2c-error.ts";
import type { AdapterFunctions } from "./i2c-library.ts";
import type { Transaction } from "./rdwr.ts";

/** What a {@link SharedBus} is made of. */
export interface SharedBusParts extends AdapterParts {
  readonly name: string;
  /** The adapter's name in sysfs; empty when it has none. */
  readonly adapter: string;
  readonly present: () => Promise<boolean>;
  /** The driver of the kernel that owns an address of this bus. */
  readonly kernelDriver: (address: number) => Promise<string | undefined>;
}

/**
 * One opened bus for all its users. Transactions pass one at a time: the kernel would let them wait for each other
 * anyway, each holding one of the few threads that also serve files and name lookups.
 */
export class SharedBus {
  readonly #parts: SharedBusParts;
  /** Addresses nobody in the kernel owns, and those that somebody does. */
  readonly #owners = new Map<number, string | undefined>();
  #functions: AdapterFunctions | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: SharedBusParts) {
    this.#parts = parts;
  }

  /** Runs `transaction` when it is its turn, unless `signal` aborted before. Rejects with HalError. */
  transfer(transaction: Transaction, signal: AbortSignal | undefined): Promise<readonly Uint8Array[]> {
    const result = this.#tail.then(() => {
      signal?.throwIfAborted();
      return this.#run(transaction);
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Closes the bus behind what still waits. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#parts.library.close();
  }

  async #run(transaction: Transaction): Promise<readonly Uint8Array[]> {
    const { name, adapter, library } = this.#parts;
    const { address, tenBit } = transaction;
    const where = `${name} ${i2cAddressName(address, { tenBit })}`;
    if (!tenBit) await this.#checkOwner(address, where);
    try {
      this.#functions ??= await library.i2cFuncs();
      const read = await runTransaction(this.#parts, this.#functions, transaction);
      // Plain arrays: a Buffer would show `slice` and `toString` of its own to drivers.
      return read.map((bytes) => new Uint8Array(bytes));
    } catch (error) {
      const failed: Failed = { where, adapter, present: await this.#parts.present() };
      // I2C_SLAVE answers EBUSY for an address that a driver has. The library would go on with a file without address.
      const owner = systemCode(error) === "EBUSY" && !tenBit ? await this.#parts.kernelDriver(address) : undefined;
      if (owner === undefined) throw i2cError(error, failed);
      this.#owners.set(address, owner);
      throw owned(where, owner);
    }
  }

  /** I2C_RDWR does not look whether a driver of the kernel owns the chip; both would talk to it at once. */
  async #checkOwner(address: number, where: string): Promise<void> {
    if (!this.#owners.has(address)) this.#owners.set(address, await this.#parts.kernelDriver(address));
    const owner = this.#owners.get(address);
    if (owner !== undefined) throw owned(where, owner);
  }
}

const owned = (where: string, driver: string) =>
  new HalError(
    "busy",
    `${where} is held by the kernel's driver ${driver}; remove its dtoverlay from config.txt, or leave the chip to it`,
  );
