import { createRequire } from "node:module";

/** Adapter functions that matter here, from I2C_FUNCS (linux/i2c.h), under the names of the i2c-bus library. */
export interface AdapterFunctions {
  /** Plain transactions of any shape. An adapter without it only knows SMBus. */
  readonly i2c: boolean;
  readonly tenBitAddr: boolean;
}

/** One opened bus of the i2c-bus library, as far as it is used here. Each call is one transaction in the thread pool. */
export interface LibraryBus {
  i2cFuncs(): Promise<AdapterFunctions>;
  i2cWrite(address: number, length: number, bytes: Buffer): Promise<unknown>;
  i2cRead(address: number, length: number, into: Buffer): Promise<unknown>;
  /** One byte out, repeated START, at most 32 bytes in. */
  readI2cBlock(address: number, command: number, length: number, into: Buffer): Promise<unknown>;
  writeI2cBlock(address: number, command: number, length: number, bytes: Buffer): Promise<unknown>;
  sendByte(address: number, byte: number): Promise<void>;
  receiveByte(address: number): Promise<number>;
  writeQuick(address: number, bit: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

/** Opens bus number `bus`. It does not look whether the bus is there; the first call does. */
export type OpenLibraryBus = (bus: number) => Promise<LibraryBus>;

/** Loads the i2c-bus library with its native part. Rejects when that was not built for this machine. */
export async function loadI2cBus(): Promise<OpenLibraryBus> {
  const library = createRequire(import.meta.url)("i2c-bus") as {
    readonly openPromisified: (bus: number) => Promise<LibraryBus>;
  };
  return (bus) => library.openPromisified(bus);
}
