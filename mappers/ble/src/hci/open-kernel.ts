import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { HalError } from "@edgetwin/mapper-sdk";
import { explainAdapter } from "./explain-adapter.ts";
import { Listeners } from "./listeners.ts";
import type { HciTransport } from "./transport.ts";

/** The part of the library's native socket that is used. */
interface NativeSocket extends EventEmitter {
  bindUser(device: number): void;
  start(): void;
  stop(): void;
  write(packet: Buffer): void;
}

/**
 * Opens an adapter of the kernel, exclusively: on its user channel neither the kernel nor bluetoothd gets between, and the
 * kernel powers the adapter up on open and down on close. Rejects with HalError `"busy"` naming who holds it,
 * `"permission"` naming the missing capability, `"disconnected"` when there is no such adapter, `"unsupported"` without
 * Bluetooth in the kernel.
 */
export async function openKernel(index: number): Promise<HciTransport> {
  const name = `hci${index}`;
  const socket = newSocket(name);
  let failure: Error | undefined;
  const onEarlyError = (error: Error) => {
    failure ??= error;
  };
  socket.on("error", onEarlyError);
  try {
    socket.bindUser(index);
    if (failure) throw failure;
    socket.start();
  } catch (error) {
    throw await explainAdapter(name, error as Error);
  }
  socket.off("error", onEarlyError);
  const heard = new Listeners();
  const lose = (reason: string, cause?: unknown) =>
    heard.lose(new HalError("disconnected", `adapter ${name} is gone: ${reason}`, { cause }));
  socket.on("error", (error: Error) => lose(error.message, error));
  socket.on("data", (packet: Buffer) => heard.packets([packet]));
  return {
    listen: (listener) => heard.listen(listener),
    async send(packet) {
      if (heard.lost) return;
      try {
        socket.write(Buffer.from(packet));
      } catch (error) {
        lose((error as Error).message, error);
      }
    },
    async [Symbol.asyncDispose]() {
      heard.close();
      socket.removeAllListeners();
      socket.on("error", () => undefined); // late: nobody waits for it
      socket.stop();
    },
  };
}

function newSocket(name: string): NativeSocket {
  try {
    const require = createRequire(import.meta.url);
    const Native = require("@stoprocent/bluetooth-hci-socket/lib/native.js") as new () => NativeSocket;
    return new Native();
  } catch (cause) {
    const message = `${name} cannot be used: the native part of @stoprocent/bluetooth-hci-socket does not load`;
    throw new HalError("unsupported", `${message} (${(cause as Error).message})`, { cause });
  }
}
