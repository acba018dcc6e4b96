import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { HalError, type I2cBus, type I2cOperation } from "@edgetwin/mapper-sdk";

/** errno(3) of what an adapter fails with; EREMOTEIO as i2c-bcm2835 says it. */
const numbers: Readonly<Record<string, number>> = { nack: 121, arbitration: 11, timeout: 110, "bus-stuck": 16 };
const isRead = 0x0001;
const isTenBit = 0x0010;

/** Answers i2c-shim.c on a Unix socket with the chips of `bus`. */
export async function serveBus(bus: I2cBus, path: string): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let buffer = Buffer.alloc(0);
    let last: Promise<unknown> = Promise.resolve();
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let request = parse(buffer); request; request = parse(buffer)) {
        const { transaction, length } = request;
        buffer = buffer.subarray(length);
        last = last.then(async () => socket.write(await answer(bus, transaction)));
      }
    });
  });
  server.listen(path);
  await once(server, "listening");
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Transaction {
  readonly address: number;
  readonly tenBit: boolean;
  readonly operations: readonly I2cOperation[];
}

/** The first whole request in `buffer`. */
function parse(buffer: Buffer): { readonly transaction: Transaction; readonly length: number } | undefined {
  if (buffer.length === 0) return undefined;
  const operations: I2cOperation[] = [];
  let [at, address, flags] = [1, 0, 0];
  for (let message = 0; message < (buffer[0] as number); message++) {
    if (buffer.length < at + 6) return undefined;
    address = buffer.readUInt16LE(at);
    flags = buffer.readUInt16LE(at + 2);
    const length = buffer.readUInt16LE(at + 4);
    at += 6;
    if (flags & isRead) operations.push({ read: length });
    else {
      if (buffer.length < at + length) return undefined;
      operations.push({ write: Uint8Array.from(buffer.subarray(at, at + length)) });
      at += length;
    }
  }
  return { transaction: { address, tenBit: (flags & isTenBit) !== 0, operations }, length: at };
}

async function answer(bus: I2cBus, { address, tenBit, operations }: Transaction): Promise<Buffer> {
  const status = Buffer.alloc(4);
  try {
    return Buffer.concat([status, ...(await bus.transfer(address, operations, { tenBit }))]);
  } catch (error) {
    status.writeInt32LE(-(numbers[error instanceof HalError ? error.kind : ""] ?? 5));
    return status;
  }
}
