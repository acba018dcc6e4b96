import { BridgeError } from "../errors.ts";

/** Where a failure comes from, for its message. */
export interface FailedRequest {
  readonly method: string;
  readonly path: string;
}

interface Status {
  readonly kind: "Status";
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
}

/** Whether a value is a Status object: what the API answers instead of an object. */
export const isStatus = (value: unknown): value is Status =>
  typeof value === "object" && value !== null && (value as { readonly kind?: unknown }).kind === "Status";

/** The failure that a Status object tells. */
export const statusFailure = ({ message, reason, code }: Status, { method, path }: FailedRequest): BridgeError =>
  new BridgeError("KUBERNETES", `${method} ${path}: ${message ?? reason ?? "the API gave no reason"}`, {
    ...(code !== undefined && { status: code }),
    ...(reason !== undefined && { reason }),
  });

/** The failure that an answer tells, which is a Status object or, for a path that nobody serves, a text. */
export function answerFailure(status: number, body: string, request: FailedRequest): BridgeError {
  const parsed = parsedOrUndefined(body);
  if (isStatus(parsed)) return statusFailure({ ...parsed, code: status }, request);
  const what = `${request.method} ${request.path}`;
  if (status === 404) {
    const message = `${what}: the server does not know this kind; install its CustomResourceDefinition`;
    return new BridgeError("KUBERNETES", message, { status, reason: "UnknownKind" });
  }
  return new BridgeError("KUBERNETES", `${what}: HTTP ${status} ${body.slice(0, 200).trim()}`, { status });
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
