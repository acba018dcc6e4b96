/** Everything that can be wrong with what the other side sent, and what it means. */
export const protocolErrors = {
  FRAME_INVALID: "A WebSocket message is not one JSON object with `header` and `route`.",
  CONTENT_INVALID: "The content of a message is not what its route promises.",
  TOKEN_INVALID: "A join token is not a certificate hash and a JSON Web Token.",
} as const;

export type ProtocolErrorCode = keyof typeof protocolErrors;

/** What reading a message or a token throws. The message names the place, the value and what was expected. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
