/** Everything the bridge can fail with on purpose. docs/reference/errors.md explains each; a test compares the two. */
export const bridgeErrors = {
  COMMAND_INVALID: "The command line cannot be understood.",
  CONFIG_INVALID: "The configuration of the bridge is wrong.",
  START_FAILED: "Something is in the way of a start: a port, a file, a certificate.",
  KUBERNETES: "The Kubernetes API answered with a failure; `reason` and `status` are those of its Status object.",
  UNREACHABLE: "The Kubernetes API does not answer.",
} as const;

export type BridgeErrorCode = keyof typeof bridgeErrors;

/** What a failure of the Kubernetes API adds. */
export interface KubernetesFailure extends ErrorOptions {
  /** HTTP status. */
  readonly status?: number;
  /** Machine-readable reason of the Status object: `NotFound`, `Conflict`, `Expired`, ... */
  readonly reason?: string;
  /** `details` of the Status object. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What the bridge throws. The message names the thing, the value and the fix. */
export class BridgeError extends Error {
  override readonly name = "BridgeError";
  readonly code: BridgeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: BridgeErrorCode, message: string, { status, reason, details, ...options }: KubernetesFailure = {}) {
    super(message, options);
    this.code = code;
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}
