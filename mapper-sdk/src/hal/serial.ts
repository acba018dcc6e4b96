/** Serial ports, by path: `"/dev/serial/by-id/usb-FTDI_…-if00-port0"`, `"/dev/ttyAMA0"`. */
export interface Serial {
  /**
   * Claims a port. Rejects with HalError `"busy"` naming the holder, `"disconnected"` when there is no such port now,
   * `"permission"` naming the group, `"unsupported"` for settings it cannot have.
   */
  open(path: string, options: SerialOptions): Promise<SerialPort>;
  /** The ports there are now. */
  list(): Promise<readonly SerialPortInfo[]>;
}

/** How a port is opened. */
export interface SerialOptions {
  /** Bits per second. */
  readonly baudRate: number;
  /** Default 8. */
  readonly dataBits?: 5 | 6 | 7 | 8;
  /** Default none. */
  readonly parity?: "none" | "even" | "odd";
  /** Default 1. */
  readonly stopBits?: 1 | 2;
  /** Switches the direction of a two-wire line, for transceivers that do not do it themselves. */
  readonly rs485?: Rs485Options;
  /** Who asks, for messages: `"default/meter"`. */
  readonly consumer?: string;
}

/** How the kernel's driver moves RTS around what it sends (`struct serial_rs485` of linux/serial.h). */
export interface Rs485Options {
  /** Level of RTS while sending; the other one at rest. Default high. */
  readonly rtsOnSend?: "high" | "low";
  /** Milliseconds between RTS and the first bit. Default 0. */
  readonly delayBeforeSendMs?: number;
  /** Milliseconds between the last bit and RTS. Default 0. */
  readonly delayAfterSendMs?: number;
  /** Whether what is sent is heard too. Default no. */
  readonly receiveDuringSend?: boolean;
}

/** An open port, which nobody else has. */
export interface SerialPort extends AsyncDisposable {
  readonly path: string;
  /** Resolves when the system has taken all bytes. Rejects with HalError `"disconnected"` when the port is gone. */
  write(bytes: Uint8Array, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Resolves when the last bit of what was written has left. Rejects like `write`. */
  drain(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Bytes as they come, from the first `next()` on until `signal` aborts; several readers each get all. What comes while
   * nobody reads is dropped, so a request's reader starts before the request is written and never sees an older answer.
   * Rejects with HalError `"disconnected"` when the port is gone, `"overrun"` for a reader that is more than 64 KiB behind.
   */
  bytes(options?: { readonly signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}

/** A port that can be opened, and what is known about it. */
export interface SerialPortInfo {
  /** `"/dev/ttyUSB0"`: given by the order of plugging, so another one after the next restart perhaps. */
  readonly path: string;
  /** `"/dev/serial/by-id/…"`: the same adapter's name for ever; undefined for ports that are soldered in. */
  readonly stablePath?: string;
  readonly manufacturer?: string;
  readonly serialNumber?: string;
  /** USB ids, four hexadecimal digits. */
  readonly vendorId?: string;
  readonly productId?: string;
}

/** Bits on the wire for one byte: start, data, parity and stop bits. */
export const bitsPerByte = ({ dataBits = 8, parity = "none", stopBits = 1 }: SerialOptions): number =>
  1 + dataBits + (parity === "none" ? 0 : 1) + stopBits;

/** Milliseconds that `count` bytes take on the wire. */
export const wireTimeMs = (count: number, options: SerialOptions): number =>
  (count * bitsPerByte(options) * 1000) / options.baudRate;
