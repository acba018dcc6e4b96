import { closeSync, constants, openSync } from "node:fs";
import type { LibraryOptions, LibraryPort, OpenLibraryPort } from "../src/serial/serial-library.ts";

/** The serialport library on FIFOs: real descriptors, no terminal. */
export class FakeSerial {
  readonly opened: LibraryOptions[] = [];
  /** What the library's open fails with. */
  failure: Error | undefined;
  closed = 0;
  #wake: ((error: Error | null) => void) | undefined;
  #noticed = () => {};

  readonly open: OpenLibraryPort = async (options) => {
    this.opened.push(options);
    if (this.failure) throw this.failure;
    const descriptor = openSync(options.path, constants.O_RDWR | constants.O_NONBLOCK);
    let fd: number | null = descriptor;
    return {
      get fd() {
        return fd;
      },
      poller: {
        once: (_, done) => {
          this.#wake = done;
          this.#noticed();
        },
      },
      write: async () => {},
      drain: async () => {},
      close: async () => {
        fd = null;
        closeSync(descriptor);
        this.closed++;
        this.readable(new Error("Canceled"));
      },
    } satisfies LibraryPort;
  };

  /** What the event loop reports: the descriptor can be read, or has failed. */
  readable(error: Error | null = null): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.(error);
  }

  /** Resolves when the port waits for something to read. */
  waiting(): Promise<void> {
    if (this.#wake) return Promise.resolve();
    return new Promise((resolve) => {
      this.#noticed = resolve;
    });
  }
}
