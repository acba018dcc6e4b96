/**
 * Every error the SDK throws on purpose. The code is the contract; messages are for people and may change.
 * `retryable` tells the agent whether trying again without a change of configuration can help.
 * docs/reference/errors.md explains each code; a test compares the two.
 */
export const errorCodes = {
  /** A connection or visitor setting does not fit its schema, or a pin name is unknown. */
  CONFIG_INVALID: { retryable: false },
  /** A value is outside what the model allows, or the property cannot be written. */
  VALUE_INVALID: { retryable: false },
  /** The driver, the bus or the device failed; the cause says how. */
  DEVICE_IO: { retryable: true },
  /** A line, bus or port is held by someone else. */
  DEVICE_BUSY: { retryable: true },
  /** The caller gave up, the device is being closed, or the agent stops. */
  DEVICE_ABORTED: { retryable: true },
  /** The far end of a sink does not answer, or does not let us in; the points wait. */
  SINK_UNAVAILABLE: { retryable: true },
  /** The far end of a sink will never take these points. */
  SINK_REFUSED: { retryable: false },
} as const;

/** The codes of `MapperError`. */
export type ErrorCode = keyof typeof errorCodes;

/** The one error class of this package. */
export class MapperError extends Error {
  override readonly name = "MapperError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same call may succeed later without a change of configuration. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}
