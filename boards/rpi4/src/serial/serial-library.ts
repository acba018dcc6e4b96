/** Waits until a file descriptor can be read, in the event loop. */
export interface LibraryPoller {
  once(event: "readable", done: (error: Error | null) => void): unknown;
}

/** An open port of the serialport library's Linux binding, as far as it is used here. */
export interface LibraryPort {
  /** Null once it is closed. */
  readonly fd: number | null;
  readonly poller: LibraryPoller;
  write(bytes: Buffer): Promise<void>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Settings as the library names them. */
export interface LibraryOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/** Opens and locks a port. Rejects with the library's error, whose text names the system call that failed. */
export type OpenLibraryPort = (options: LibraryOptions) => Promise<LibraryPort>;

/**
 * Loads the serialport library, about 10 MB, with its native part. Only its binding is used: its stream and its binding's
 * `read` go on reading for ever when a USB adapter is pulled, because a hung-up terminal reads as empty (tty_io.c).
 */
export async function loadSerialport(): Promise<OpenLibraryPort> {
  const { SerialPort } = await import("serialport");
  return (options) => SerialPort.binding.open(options as never) as unknown as Promise<LibraryPort>;
}
