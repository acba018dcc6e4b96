import { closeSync, openSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import type { I2cOperation } from "@edgetwin/mapper-sdk";
import { bytes, type Field, u32, u64 } from "../gpiochip/struct.ts";

const u16 = (offset: number): Field<number> => ({
  offset,
  size: 2,
  get: (struct) => new DataView(struct.buffer, struct.byteOffset).getUint16(offset, true),
  set: (struct, value) => new DataView(struct.buffer, struct.byteOffset).setUint16(offset, value, true),
});

/** struct i2c_msg of linux/i2c.h on a 64-bit machine. */
export const i2cMessage = {
  size: 16,
  fields: { addr: u16(0), flags: u16(2), len: u16(4), buf: u64(8) },
} as const;

/** struct i2c_rdwr_ioctl_data of linux/i2c-dev.h. */
export const rdwrData = { size: 16, fields: { msgs: u64(0), nmsgs: u32(8) } } as const;

/** Flags of an i2c_msg and the request number, under the names of the headers. */
export const rdwrNumbers = {
  I2C_M_RD: 0x0001,
  I2C_M_TEN: 0x0010,
  I2C_RDWR: 0x0707,
  I2C_RDWR_IOCTL_MAX_MSGS: 42,
} as const;

/** A transaction as the kernel takes it. */
export interface Transaction {
  readonly address: number;
  readonly tenBit: boolean;
  readonly operations: readonly I2cOperation[];
}

/** Combined transactions of any shape on one opened `/dev/i2c-N`. */
export interface Rdwr extends Disposable {
  /** Resolves with what each read got. Rejects with the system call's error, with `code`. */
  transfer(transaction: Transaction): Promise<readonly Uint8Array[]>;
}

/** Opens a bus for {@link Rdwr}. Throws the error of open(2). */
export type OpenRdwr = (path: string) => Rdwr;

type Ioctl = {
  async(fd: number, request: number, argument: Uint8Array, done: (error: unknown, result: number) => void): void;
};

/** The ioctl I2C_RDWR of the running kernel, through koffi in its thread pool: the agent does not wait for the bus. */
export async function kernelRdwr(): Promise<OpenRdwr> {
  const { default: koffi } = await import("koffi");
  const ioctl = koffi
    .load(null)
    .func("int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)") as unknown as Ioctl;
  return (path) => {
    const fd = openSync(path, "r+");
    return {
      transfer: ({ address, tenBit, operations }) =>
        new Promise((resolve, reject) => {
          const buffers = operations.map(({ write, read = 0 }) => settledBytes(write?.length ?? read, write));
          const messages = settledBytes(i2cMessage.size * operations.length);
          operations.forEach(({ read }, index) => {
            const message = bytes(index * i2cMessage.size, i2cMessage.size).get(messages);
            const { addr, flags, len, buf } = i2cMessage.fields;
            const { I2C_M_RD, I2C_M_TEN } = rdwrNumbers;
            addr.set(message, address);
            flags.set(message, (read === undefined ? 0 : I2C_M_RD) | (tenBit ? I2C_M_TEN : 0));
            len.set(message, buffers[index]?.length ?? 0);
            buf.set(message, koffi.address(buffers[index]));
          });
          const data = settledBytes(rdwrData.size);
          rdwrData.fields.msgs.set(data, koffi.address(messages));
          rdwrData.fields.nmsgs.set(data, operations.length);
          // koffi keeps none of these alive until the call ends; the callback does.
          const pinned = { data, messages, buffers };
          ioctl.async(fd, rdwrNumbers.I2C_RDWR, data, (error, result) => {
            if (error) return reject(error);
            if (result >= 0) return resolve(pinned.buffers.filter((_, index) => operations[index]?.read !== undefined));
            // koffi hands over errno of the thread that called.
            const code = getSystemErrorName(-koffi.errno());
            reject(Object.assign(new Error(`${code}: ioctl I2C_RDWR failed`), { code, syscall: "ioctl" }));
          });
        }),
      [Symbol.dispose]: () => closeSync(fd),
    };
  };
}

/**
 * Bytes that keep their address. A small typed array lies on the heap of V8 until somebody asks for its buffer, and the
 * collector moves it while the kernel still reads it; the memory of an ArrayBuffer stays where it is.
 */
function settledBytes(length: number, content?: Uint8Array): Uint8Array {
  const settled = new Uint8Array(new ArrayBuffer(length));
  if (content) settled.set(content);
  return settled;
}
