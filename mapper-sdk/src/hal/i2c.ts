import { HalError } from "../hal.ts";

/** I2C buses. They are named as people write them: `1`, `"1"`, `"i2c-1"`, `"/dev/i2c-1"`; see {@link i2cBusName}. */
export interface I2c {
  /**
   * Opens a bus, beside everybody else who has it open. Rejects with HalError `"disconnected"` when there is no such bus
   * now (with the overlay that brings it), `"permission"` naming the group, `"unknown"` for a name that is none.
   */
  open(bus: number | string, options?: I2cOpenOptions): Promise<I2cBus>;
  /** Names of the buses there are now, e.g. `["i2c-1", "i2c-20"]`. */
  list(): Promise<readonly string[]>;
}

/** How a bus is opened. */
export interface I2cOpenOptions {
  /** Who asks, for messages: `"default/greenhouse-climate"`. */
  readonly consumer?: string;
}

/** One step of a transaction: bytes for the chip, or how many to take from it. */
export type I2cOperation =
  | { readonly write: Uint8Array; readonly read?: never }
  | { readonly read: number; readonly write?: never };

/** Options of one transfer. */
export interface TransferOptions {
  /** `address` has ten bits (UM10204 3.1.11) instead of seven. */
  readonly tenBit?: boolean;
  /** Frees the caller at once; a transaction that is on the wire by then still ends there. */
  readonly signal?: AbortSignal;
}

/** One user's hold on a bus. The bus stays open until its last user has let go. */
export interface I2cBus extends AsyncDisposable {
  /** `"i2c-1"`: the same for all users; the key of the agent's queue for this bus. */
  readonly name: string;
  /**
   * One transaction: START, the operations with a repeated START before each but the first, STOP. Nobody else's bytes
   * come between. Resolves with what was read, one array per `read` operation, each as long as asked.
   *
   * Rejects with HalError `"nack"` when no chip answers (`phase: "address"`) or it refuses a byte (`phase: "data"`),
   * `"arbitration"`, `"timeout"` when a chip stretches the clock for too long, `"bus-stuck"` when somebody holds SDA or
   * SCL low, `"busy"` when a driver of the kernel owns the address, `"disconnected"` when the bus is gone or was
   * released, `"unsupported"` for what the adapter cannot do, with the signal's reason when it aborts.
   */
  transfer(
    address: number,
    operations: readonly I2cOperation[],
    options?: TransferOptions,
  ): Promise<readonly Uint8Array[]>;
}

/**
 * The canonical name of a bus, e.g. `"i2c-1"`. Pure.
 * @throws HalError `"unknown"` for what cannot be a bus.
 */
export function i2cBusName(bus: number | string): string {
  const match = /^(?:\/dev\/)?(?:i2c-)?(\d{1,4})$/.exec(String(bus).trim());
  if (match) return `i2c-${Number(match[1])}`;
  throw new HalError("unknown", `${JSON.stringify(bus)} is no I2C bus; write 1, "i2c-1" or "/dev/i2c-1"`);
}

/** An address as people write it: `0x48`, and `0x248 (10 bit)`. */
export const i2cAddressName = (address: number, { tenBit = false }: { readonly tenBit?: boolean } = {}): string =>
  tenBit ? `0x${address.toString(16).padStart(3, "0")} (10 bit)` : `0x${address.toString(16).padStart(2, "0")}`;

/**
 * Checks the arguments of a transfer, for boards.
 * @throws RangeError for an address that does not fit its width, no operation at all, or a length that is none.
 */
export function checkTransfer(
  address: number,
  operations: readonly I2cOperation[],
  { tenBit = false }: { readonly tenBit?: boolean } = {},
): void {
  const highest = tenBit ? 0x3ff : 0x7f;
  if (!Number.isInteger(address) || address < 0 || address > highest)
    throw new RangeError(
      `${address} is no ${tenBit ? 10 : 7}-bit I2C address; it goes from 0 to 0x${highest.toString(16)}`,
    );
  if (operations.length === 0) throw new RangeError("an I2C transaction needs at least one operation");
  for (const { read } of operations) {
    if (read !== undefined && (!Number.isInteger(read) || read < 0 || read > 0xffff))
      throw new RangeError(`cannot read ${read} bytes in one I2C operation; 0 to 65535 are possible`);
  }
}
