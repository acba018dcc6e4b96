import { HalError } from "../hal.ts";
import type { I2cBus, TransferOptions } from "./i2c.ts";

interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One chip on a bus, in the words of its data sheet; everything is one {@link I2cBus.transfer}. */
export interface I2cTarget {
  readonly address: number;
  readonly bus: I2cBus;
  /** Rejects like `transfer`. */
  write(bytes: Uint8Array | readonly number[], options?: CallOptions): Promise<void>;
  /** Rejects like `transfer`. */
  read(length: number, options?: CallOptions): Promise<Uint8Array>;
  /** Writes, then reads after a repeated START: how most chips want their registers read. Rejects like `transfer`. */
  writeRead(bytes: Uint8Array | readonly number[], length: number, options?: CallOptions): Promise<Uint8Array>;
}

/** The chip at `address`. Touches nothing. */
export function i2cTarget(
  bus: I2cBus,
  address: number,
  { tenBit = false }: { readonly tenBit?: boolean } = {},
): I2cTarget {
  const withWidth = ({ signal }: CallOptions): TransferOptions => ({ tenBit, ...(signal && { signal }) });
  const only = ([bytes]: readonly Uint8Array[]) => bytes as Uint8Array;
  return {
    address,
    bus,
    write: async (bytes, options = {}) =>
      void (await bus.transfer(address, [{ write: Uint8Array.from(bytes) }], withWidth(options))),
    read: async (length, options = {}) => only(await bus.transfer(address, [{ read: length }], withWidth(options))),
    writeRead: async (bytes, length, options = {}) =>
      only(await bus.transfer(address, [{ write: Uint8Array.from(bytes) }, { read: length }], withWidth(options))),
  };
}

/** Addresses that UM10204 3.1.12 does not reserve. */
const firstAddress = 0x08;
const lastAddress = 0x77;

/** Addresses of EEPROMs and their write protection: a write of nothing locks some of them for ever. */
const isFragile = (address: number): boolean =>
  (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5f);

/**
 * Addresses at which a chip answers, rising, asked as i2cdetect asks: with a write of nothing, which every chip
 * acknowledges, and where EEPROMs are with a read of one byte. Rejects with what is not a missing answer: a stuck bus, a
 * lost one.
 */
export async function scanI2c(bus: I2cBus, { signal }: CallOptions = {}): Promise<readonly number[]> {
  const found: number[] = [];
  for (let address = firstAddress; address <= lastAddress; address++) {
    try {
      const probe = isFragile(address) ? { read: 1 } : { write: new Uint8Array() };
      await bus.transfer(address, [probe], signal && { signal });
      found.push(address);
    } catch (error) {
      // A driver of the kernel holds the address: there is a chip, and it is not ours.
      if (error instanceof HalError && error.kind === "busy") found.push(address);
      else if (!(error instanceof HalError && error.kind === "nack")) throw error;
    }
  }
  return found;
}
