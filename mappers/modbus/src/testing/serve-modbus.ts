import { createServer, type Socket } from "node:net";
import { type Clock, systemClock } from "@edgetwin/mapper-sdk";
import type { Answering } from "./modbus-emulator.ts";
import { type EmulatedFrame, RtuServer } from "./rtu-server.ts";

/** A running server; disposing it ends all connections. */
export interface ModbusServer extends AsyncDisposable {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Ends all connections, as a gateway that restarts does; new ones are taken at once. */
  drop(): void;
}

/** How to serve. */
export interface ServeOptions {
  /** Default 0: one that is free. */
  readonly port?: number;
  /** Default `"tcp"`: with the header of Modbus TCP. */
  readonly framing?: "tcp" | "rtu";
  readonly clock?: Clock;
}

/** Serves the units over TCP on this machine. */
export async function serveModbus(
  emulator: Answering,
  { port = 0, framing = "tcp", clock = systemClock }: ServeOptions = {},
): Promise<ModbusServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const stream = framing === "tcp" ? new MbapServer(emulator) : new RtuServer(emulator);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // the other side went away
    socket.on("data", (bytes) => {
      for (const { bytes: answer, afterMs } of stream.receive(bytes)) {
        const send = () => socket.writable && socket.write(answer);
        if (afterMs > 0) clock.after(afterMs, send);
        else send();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    get connections() {
      return sockets.size;
    },
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The units' end of a Modbus TCP connection. */
class MbapServer {
  readonly #emulator: Answering;
  #pending: Buffer = Buffer.alloc(0);

  constructor(emulator: Answering) {
    this.#emulator = emulator;
  }

  receive(bytes: Uint8Array): EmulatedFrame[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const frames: EmulatedFrame[] = [];
    while (this.#pending.length >= 6 && this.#pending.length >= 6 + this.#pending.readUInt16BE(4)) {
      const end = 6 + this.#pending.readUInt16BE(4);
      const request = this.#pending.subarray(0, end);
      this.#pending = this.#pending.subarray(end);
      const answer = this.#emulator.answer(Uint8Array.from(request.subarray(6)));
      if (!answer) continue;
      const frame = Buffer.alloc(6 + answer.adu.length);
      request.copy(frame, 0, 0, 4);
      frame.writeUInt16BE(answer.adu.length, 4);
      frame.set(answer.adu, 6);
      frames.push({ bytes: answer.garble(frame), afterMs: answer.afterMs });
    }
    return frames;
  }
}
