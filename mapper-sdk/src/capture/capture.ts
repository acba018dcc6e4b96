import type { HalErrorKind, NackPhase } from "../hal.ts";

/** Version of the format. A reader refuses others. */
export const captureVersion = 1;

/** First line of a capture. */
export interface CaptureHeader {
  readonly capture: typeof captureVersion;
  /** `Board.name` of the board that was recorded. */
  readonly board: string;
  /** Wall-clock time of the first `ms`, ISO 8601; a Pi without network may be wrong by years. */
  readonly startedAt: string;
}

/** JSON as captures hold it. Bytes are hexadecimal text. */
export type CaptureValue =
  | string
  | number
  | boolean
  | null
  | readonly CaptureValue[]
  | { readonly [key: string]: CaptureValue | undefined };

/** What an operation failed with. */
export interface CaptureError {
  readonly message: string;
  /** Kind of the HalError; undefined for another error. */
  readonly kind?: HalErrorKind;
  readonly phase?: NackPhase;
  /** The caller gave up before the board answered. */
  readonly aborted?: true;
}

/**
 * One line after the header: an operation with what went out and what came in, or something the far end did by itself
 * (`do` is `edge`, `bytes` or `lost`). A line is written when the operation ends.
 */
export interface CaptureEntry {
  /** Counts what began, from 1: operations on one resource are replayed in this order. */
  readonly n: number;
  /** Milliseconds since the start of the capture, on the monotonic clock, when it began. */
  readonly ms: number;
  /** Milliseconds until it ended; left out when it was at once. */
  readonly took?: number;
  /** The resource: `gpio GPIO17`, `pwm GPIO18`, `i2c 1`, `i2c 1 0x76`, `serial /dev/ttyUSB0`. */
  readonly on: string;
  /** What was done: `open output`, `set`, `get`, `transfer`, `write`, `close`. */
  readonly do: string;
  readonly out?: CaptureValue;
  readonly in?: CaptureValue;
  readonly error?: CaptureError;
}

/** A whole capture in memory. */
export interface Capture {
  readonly header: CaptureHeader;
  /** In the order of the file, each with the number of its line. */
  readonly entries: readonly (CaptureEntry & { readonly line: number })[];
  /** Why the end is missing, with the line; undefined for an undamaged capture. */
  readonly damage?: string;
  /** What messages call it: the path of the file. */
  readonly name: string;
}

/** What the far end does by itself. */
export const eventNames: ReadonlySet<string> = new Set(["edge", "bytes", "lost"]);

/** Bytes as captures hold them. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of {@link toHex}; undefined for text that is none. */
export function fromHex(text: unknown): Uint8Array | undefined {
  if (typeof text !== "string" || !/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
