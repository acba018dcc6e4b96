/** What codecs make of bytes: a `bigint` where whole numbers may exceed 2^53, a `number` below. */
export type CodecValue = number | bigint | boolean | string | Uint8Array;

/** What `decode` of a codec returns, always the same for one codec. */
export type CodecKind = "number" | "bigint" | "boolean" | "string" | "bytes";

/**
 * Turns bytes into a value and back. Compiled once from its description; neither direction keeps what it was given.
 * `from` and `at` are indices of the first byte, 0 unless said otherwise.
 */
export interface Codec {
  readonly byteLength: number;
  readonly kind: CodecKind;
  /** Whether every value is a whole number. */
  readonly whole: boolean;
  /** Whether the value is only some bits of the bytes: read them first, then `encode` into what was read. */
  readonly partial: boolean;
  /**
   * @throws MapperError `DEVICE_IO` when there are too few bytes, or when they are no value: a digit above 9, NaN,
   * broken text, a number without a name, the mark for "no value".
   */
  decode(bytes: Uint8Array, from?: number): CodecValue;
  /**
   * Writes `value` into `target`, which a partial codec only changes in its own bits, and returns it.
   * Without a target into new zero bytes. Never wraps.
   * @throws MapperError `VALUE_INVALID` naming the value and what fits.
   */
  encode(value: CodecValue, target?: Uint8Array, at?: number): Uint8Array;
}
