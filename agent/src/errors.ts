/**
 * Every error the agent throws on purpose: what it means for the exit code of the command and the status of a REST
 * answer. docs/reference/errors.md explains each; a test compares the two.
 */
export const agentErrors = {
  /** The configuration file does not fit. */
  CONFIG_INVALID: { status: 400, exitCode: 2 },
  /** A manifest cannot be read or does not fit its schema or its model. */
  MANIFEST_INVALID: { status: 422, exitCode: 2 },
  /** A value has the wrong type, is out of range, or the property is read-only or unknown. */
  VALUE_INVALID: { status: 422, exitCode: 2 },
  /** The desired values would break an interlock of the model. */
  INTERLOCK: { status: 409, exitCode: 3 },
  /** Somebody else changed it since it was read. */
  VERSION_CONFLICT: { status: 412, exitCode: 3 },
  /** No such device, model or property. */
  NOT_FOUND: { status: 404, exitCode: 4 },
  /** No token, or a wrong one. */
  UNAUTHORIZED: { status: 401, exitCode: 5 },
  /** The disk does not take writes. */
  STORE_UNAVAILABLE: { status: 503, exitCode: 6 },
  /** A port, socket or state directory cannot be used. */
  START_FAILED: { status: 500, exitCode: 7 },
  /** `--wait` ended before the value was verified. */
  WAIT_TIMEOUT: { status: 504, exitCode: 8 },
  /** The device is not open, so nothing can be done with it now. */
  DEVICE_UNAVAILABLE: { status: 503, exitCode: 11 },
  /** The device did not do what it was called for: it failed, or did not answer in time. */
  DEVICE_FAILED: { status: 502, exitCode: 12 },
  /** The command cannot reach an agent. */
  AGENT_UNREACHABLE: { status: 503, exitCode: 9 },
  /** The cloud does not answer. */
  CLOUD_UNREACHABLE: { status: 503, exitCode: 13 },
  /** The cloud does not let this node in, or is not the one it should be. */
  CLOUD_REFUSED: { status: 502, exitCode: 14 },
  /** Certificate and key of this node cannot be read or stored. */
  CLOUD_IDENTITY: { status: 500, exitCode: 14 },
  /** A configured limit was reached. */
  LIMIT: { status: 429, exitCode: 10 },
  /** The request or the command line cannot be understood: bad JSON, unknown field, option or subcommand. */
  REQUEST_INVALID: { status: 400, exitCode: 2 },
  /** The path exists, but not with this method. */
  METHOD_NOT_ALLOWED: { status: 405, exitCode: 2 },
  /** The body has a content type that is not read here. */
  MEDIA_TYPE_UNSUPPORTED: { status: 415, exitCode: 2 },
  /** The body is larger than the limit. */
  BODY_TOO_LARGE: { status: 413, exitCode: 2 },
  /** The request came from another web site or under another host name. */
  FORBIDDEN: { status: 403, exitCode: 5 },
  /** A bug in the agent; the log says more. */
  INTERNAL: { status: 500, exitCode: 1 },
} as const;

export type AgentErrorCode = keyof typeof agentErrors;

/** The one error class of this package. The code is the contract; the message names the thing, the value and the fix. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;
  /** Machine-readable parts, e.g. one entry for every refused property. */
  readonly details?: readonly unknown[];

  constructor(
    code: AgentErrorCode,
    message: string,
    options?: ErrorOptions & { readonly details?: readonly unknown[] },
  ) {
    super(message, options);
    this.code = code;
    if (options?.details) this.details = options.details;
  }
}
