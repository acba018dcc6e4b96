import { HalError, type I2cOperation } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/testing";
import type { AdapterFunctions, LibraryBus, OpenLibraryBus } from "../src/i2c/i2c-library.ts";
import type { OpenRdwr } from "../src/i2c/rdwr.ts";

const codes: Readonly<Record<string, string>> = {
  nack: "EREMOTEIO",
  arbitration: "EAGAIN",
  timeout: "ETIMEDOUT",
  "bus-stuck": "EBUSY",
};

/** The i2c-bus library and I2C_RDWR on the buses of a simulated board, failing with the kernel's numbers. */
export class FakeI2c {
  /** Every call in order: `i2cWrite`, `readI2cBlock`, `I2C_RDWR`. */
  readonly calls: string[] = [];
  functions: AdapterFunctions = { i2c: true, tenBitAddr: true };
  /** Numbers that I2C_SLAVE fails with, by address. */
  readonly slaveFailures = new Map<number, string>();
  /** Waited for by every transaction. */
  hold: Promise<void> = Promise.resolve();
  openBuses = 0;
  readonly #board: SimBoard;

  constructor(board: SimBoard) {
    this.#board = board;
  }

  readonly library: OpenLibraryBus = async (number) => {
    const bus = await this.#board.i2c.open(number);
    this.openBuses++;
    const call = async (name: string, [address, operations]: readonly [number, readonly I2cOperation[]]) => {
      this.calls.push(name);
      const code = this.slaveFailures.get(address);
      if (code) throw failure(code);
      await this.hold;
      const [read] = await bus.transfer(address, operations).catch(toSystemError);
      return read;
    };
    const fill = async (into: Buffer, read: Promise<Uint8Array | undefined>) => void into.set((await read) ?? []);
    return {
      i2cFuncs: async () => this.functions,
      i2cWrite: (address, length, bytes) => call("i2cWrite", [address, [{ write: bytes.subarray(0, length) }]]),
      i2cRead: (address, length, into) => fill(into, call("i2cRead", [address, [{ read: length }]])),
      readI2cBlock: (address, command, length, into) =>
        fill(into, call("readI2cBlock", [address, [{ write: Uint8Array.of(command) }, { read: length }]])),
      writeI2cBlock: (address, command, length, bytes) =>
        call("writeI2cBlock", [address, [{ write: Uint8Array.of(command, ...bytes.subarray(0, length)) }]]),
      sendByte: async (address, byte) => void (await call("sendByte", [address, [{ write: Uint8Array.of(byte) }]])),
      receiveByte: async (address) => (await call("receiveByte", [address, [{ read: 1 }]]))?.[0] as number,
      writeQuick: async (address, bit) =>
        void (await call("writeQuick", [address, [bit === 1 ? { read: 0 } : { write: new Uint8Array() }]])),
      close: async () => {
        this.openBuses--;
        await bus[Symbol.asyncDispose]();
      },
    } satisfies LibraryBus;
  };

  readonly rdwr: OpenRdwr = (path) => {
    const opening = this.#board.i2c.open(path.replace(/^.*\//, ""));
    return {
      transfer: async ({ address, tenBit, operations }) => {
        this.calls.push("I2C_RDWR");
        await this.hold;
        return await (await opening).transfer(address, operations, { tenBit }).catch(toSystemError);
      },
      [Symbol.dispose]: () => void opening.then((bus) => bus[Symbol.asyncDispose]()),
    };
  };
}

const failure = (code: string) => Object.assign(new Error(`${code}: ioctl`), { code });

function toSystemError(error: unknown): never {
  throw error instanceof HalError ? failure(codes[error.kind] ?? "EIO") : error;
}
