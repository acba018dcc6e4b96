import type { I2cOperation } from "@edgetwin/mapper-sdk";
import { HalError } from "@edgetwin/mapper-sdk";
import type { AdapterFunctions, LibraryBus } from "./i2c-library.ts";
import type { Rdwr, Transaction } from "./rdwr.ts";

/** I2C_SMBUS_BLOCK_MAX of linux/i2c.h. */
const smbusBlockMax = 32;

/** The two ways to a bus. */
export interface AdapterParts {
  readonly library: LibraryBus;
  /** Opens the way for transactions that the library cannot express; asked for at most once. */
  readonly rdwr: () => Promise<Rdwr>;
}

/**
 * One transaction by the way that can do it: the i2c-bus library for a plain write, a plain read, and one byte followed
 * by a short read (what nearly every driver does); the ioctl I2C_RDWR for every other shape and for ten-bit addresses. An
 * adapter that only knows SMBus gets the SMBus call with the same bytes on the wire, where there is one.
 */
export async function runTransaction(
  { library, rdwr }: AdapterParts,
  functions: AdapterFunctions,
  transaction: Transaction,
): Promise<readonly Uint8Array[]> {
  const { address, tenBit, operations } = transaction;
  if (!functions.i2c) {
    if (!tenBit) return await smbus(library, address, operations);
    throw new HalError("unsupported", "the adapter knows SMBus only, which has no ten-bit addresses");
  }
  if (tenBit && !functions.tenBitAddr) throw new HalError("unsupported", "the adapter has no ten-bit addresses");
  const [first, second, ...more] = operations;
  if (!tenBit && first && more.length === 0) {
    if (!second && lengthOf(first) > 0) return await plain(library, address, first);
    const command = first.write?.length === 1 ? first.write[0] : undefined;
    if (command !== undefined && second?.read && second.read <= smbusBlockMax) {
      return [await block(library, { address, command, length: second.read })];
    }
  }
  return await (await rdwr()).transfer(transaction);
}

const lengthOf = ({ write, read }: I2cOperation): number => write?.length ?? read ?? 0;

async function plain(library: LibraryBus, address: number, { write, read = 0 }: I2cOperation): Promise<Uint8Array[]> {
  if (write) {
    await library.i2cWrite(address, write.length, Buffer.from(write));
    return [];
  }
  const into = Buffer.alloc(read);
  await library.i2cRead(address, read, into);
  return [into];
}

interface Block {
  readonly address: number;
  readonly command: number;
  readonly length: number;
}

async function block(library: LibraryBus, { address, command, length }: Block): Promise<Uint8Array> {
  const into = Buffer.alloc(length);
  await library.readI2cBlock(address, command, length, into);
  return into;
}

/** SMBus 3.0, 6.5: the protocols whose bytes are the same as those of the transaction asked for. */
async function smbus(library: LibraryBus, address: number, operations: readonly I2cOperation[]): Promise<Uint8Array[]> {
  const [first, second, ...more] = operations;
  const write = first?.write;
  if (first && !second) {
    if (lengthOf(first) === 0) await library.writeQuick(address, write ? 0 : 1);
    else if (first.read === 1) return [Uint8Array.of(await library.receiveByte(address))];
    else if (write?.length === 1) await library.sendByte(address, write[0] as number);
    else if (write && write.length <= smbusBlockMax + 1) {
      await library.writeI2cBlock(address, write[0] as number, write.length - 1, Buffer.from(write.subarray(1)));
    } else throw notSmbus();
    return [];
  }
  if (more.length === 0 && write?.length === 1 && second?.read && second.read <= smbusBlockMax) {
    return [await block(library, { address, command: write[0] as number, length: second.read })];
  }
  throw notSmbus();
}

const notSmbus = () =>
  new HalError("unsupported", "the adapter knows SMBus only: at most a register and 32 bytes in one transaction");
