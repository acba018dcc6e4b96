import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import { mapperErrorOf } from "../../attempt.ts";
import { type ErrorCode, errorCodes, MapperError } from "../../errors.ts";

/** Trailing metadata that carries our code between our own two sides; KubeEdge's never look at it. */
const codeKey = "edgetwin-code";

/** Longer texts would not fit into the trailers, which gRPC limits to 8 KiB with everything in them percent-encoded. */
const longestMessage = 2000;

/** The gRPC status that stands for each of our codes, for peers that do not know ours. */
const statusOf: Readonly<Record<ErrorCode, status>> = {
  CONFIG_INVALID: status.FAILED_PRECONDITION,
  VALUE_INVALID: status.INVALID_ARGUMENT,
  DEVICE_IO: status.INTERNAL,
  DEVICE_BUSY: status.RESOURCE_EXHAUSTED,
  DEVICE_ABORTED: status.CANCELLED,
  SINK_UNAVAILABLE: status.UNAVAILABLE,
  SINK_REFUSED: status.INVALID_ARGUMENT,
};

/**
 * Our code for a status of a peer that does not send one; whatever is not here is `DEVICE_IO`. So is CANCELLED: who gave
 * up himself is told so without a look at the status, so the other side ended the call, as servers do that stop.
 */
const codeOf: ReadonlyMap<status, ErrorCode> = new Map([
  [status.INVALID_ARGUMENT, "VALUE_INVALID"],
  [status.OUT_OF_RANGE, "VALUE_INVALID"],
  [status.FAILED_PRECONDITION, "CONFIG_INVALID"],
  [status.NOT_FOUND, "CONFIG_INVALID"],
  [status.UNIMPLEMENTED, "CONFIG_INVALID"],
  [status.RESOURCE_EXHAUSTED, "DEVICE_BUSY"],
]);

/** What a server answers with when a handler threw `cause`. */
export function statusOfError(cause: unknown): Partial<StatusObject> {
  const { code, message } = mapperErrorOf(cause);
  const metadata = new Metadata();
  metadata.set(codeKey, code);
  // Through bytes: grpc-js percent-encodes with encodeURI, which throws at half a character.
  return { code: statusOf[code], details: Buffer.from(message.slice(0, longestMessage)).toString(), metadata };
}

/** What a caller rejects with: the peer's own code when it is one of ours. The cause keeps the gRPC status as `code`. */
export function errorOfStatus(error: ServiceError, what: string): MapperError {
  const [sent] = error.metadata?.get(codeKey) ?? [];
  const known = typeof sent === "string" && Object.hasOwn(errorCodes, sent) ? (sent as ErrorCode) : undefined;
  if (known) return new MapperError(known, error.details, { cause: error });
  return new MapperError(codeOf.get(error.code) ?? "DEVICE_IO", `${what}: ${inWords(error)}`, { cause: error });
}

function inWords({ code, details }: ServiceError): string {
  if (code === status.UNAVAILABLE || code === status.CANCELLED) return "nobody answers there (any more)";
  if (code === status.UNIMPLEMENTED) return "the other side does not know this call";
  return `${details || "no reason given"} (gRPC status ${status[code] ?? code})`;
}
