import { read } from "node:fs";
import { Feed, HalError, type SerialOptions, type SerialPort } from "@edgetwin/mapper-sdk";
import { abortable } from "../abortable.ts";
import { halError, systemCode } from "../hal-error.ts";
import { enableRs485, type Ioctl } from "./rs485.ts";
import type { LibraryPort, OpenLibraryPort } from "./serial-library.ts";

/** Bytes for a slow reader before it is told that it lost some. */
const backlogBytes = 64 * 1024;

/** What {@link openPort} needs besides the settings. */
export interface OpenPortParts {
  readonly open: OpenLibraryPort;
  readonly ioctl: () => Promise<Ioctl>;
  /** Called once, when the port is closed. */
  readonly onClosed: () => void;
}

/** Opens one port through the library. Rejects with HalError. */
export async function openPort(path: string, options: SerialOptions, parts: OpenPortParts): Promise<SerialPort> {
  const { baudRate, dataBits = 8, parity = "none", stopBits = 1, rs485 } = options;
  const port = await parts.open({ path, baudRate, dataBits, parity, stopBits }).catch((error: unknown) => {
    throw openError(path, error);
  });
  try {
    if (rs485) enableRs485(await parts.ioctl(), { fd: port.fd as number, path, options: rs485 });
  } catch (error) {
    await port.close();
    throw halError(error, path);
  }
  const feed = new Feed<Uint8Array>(
    {},
    { limit: backlogBytes, sizeOf: ({ length }) => length, overrun: () => behind(path) },
  );
  let lost: HalError | undefined;
  const lose = (error: HalError) => {
    lost ??= error;
    feed.fail(error);
  };
  pump(port, { push: (bytes) => feed.push(bytes), lose: (error) => lose(gone(path, error)) });
  const step = async (action: () => Promise<void>, signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (lost) throw lost;
    await abortable(
      action().catch((error: unknown) => {
        throw lost ?? gone(path, error);
      }),
      signal,
    );
  };
  let closing: Promise<void> | undefined;
  return {
    path,
    write: (bytes, { signal } = {}) => step(() => port.write(Buffer.from(bytes)), signal),
    drain: ({ signal } = {}) => step(() => port.drain(), signal),
    bytes: (wait) => feed.values(wait),
    [Symbol.asyncDispose]() {
      lose(new HalError("disconnected", `${path} has been released`));
      closing ??= port.close().finally(parts.onClosed);
      return closing;
    },
  };
}

interface Sink {
  readonly push: (bytes: Uint8Array) => void;
  readonly lose: (error: unknown) => void;
}

/** Reads until the port is lost or closed. Reads what is there, and waits in the event loop where nothing is. */
function pump(port: LibraryPort, { push, lose }: Sink): void {
  const buffer = Buffer.alloc(4096);
  const next = () => {
    if (port.fd === null) return;
    read(port.fd, buffer, 0, buffer.length, null, (error, count) => {
      if (port.fd === null) return;
      if (!error && count > 0) {
        push(Uint8Array.prototype.slice.call(buffer, 0, count));
        next();
      } else if (!error) {
        lose(new Error("the line was hung up"));
      } else if (error.code === "EAGAIN" || error.code === "EINTR") {
        port.poller.once("readable", (failure) => (failure ? port.fd !== null && lose(failure) : next()));
      } else lose(error);
    });
  };
  next();
}

const behind = (path: string) =>
  new HalError("overrun", `a reader of ${path} is more than ${backlogBytes} bytes behind; bytes were lost`);

const gone = (path: string, cause: unknown) =>
  cause instanceof HalError
    ? cause
    : new HalError("disconnected", `${path} is gone: ${cause instanceof Error ? cause.message : cause}`, { cause });

/** The library puts the system's text into the message: "Error: Permission denied, cannot open /dev/ttyUSB0". */
function openError(path: string, error: unknown): HalError {
  const message = error instanceof Error ? error.message : String(error);
  if (/Cannot lock port|resource busy|Device or resource busy/i.test(message)) {
    return new HalError("busy", `${path} is held by another program; sudo fuser -v ${path} tells which`, {
      cause: error,
    });
  }
  if (/No such (file|device)|Input\/output error/i.test(message)) {
    return new HalError("disconnected", `there is no ${path}: ${message}`, { cause: error });
  }
  if (/Permission denied/i.test(message)) {
    return new HalError("permission", `${path} may not be opened; add this user to the group dialout`, {
      cause: error,
    });
  }
  if (/Inappropriate ioctl|Invalid argument|custom baud|baud/i.test(message)) {
    return new HalError("unsupported", `${path} cannot have these settings: ${message}`, { cause: error });
  }
  return systemCode(error) ? halError(error, path) : new HalError("other", `${path}: ${message}`, { cause: error });
}
