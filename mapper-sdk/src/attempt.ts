import { MapperError } from "./errors.ts";
import { HalError } from "./hal.ts";
import type { Awaitable } from "./mapper.ts";

/**
 * Runs driver code so that whatever it throws leaves as one of our codes, with the original as the cause, and so that
 * its caller is free the moment `signal` aborts, also when the driver ignores the signal or hangs on dead hardware.
 * What such a driver returns or throws later is dropped; it never becomes an unhandled rejection.
 */
export function attempt<T>(action: () => Awaitable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortedBy(signal));
    const onAbort = () => reject(abortedBy(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    started(action).then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (cause) => {
        signal.removeEventListener("abort", onAbort);
        reject(mapperErrorOf(cause));
      },
    );
  });
}

/** A promise for `action` that also rejects with what it throws before its first `await`. */
const started = async <T>(action: () => Awaitable<T>): Promise<T> => await action();

/** `cause` when it is ours already, else a `MapperError` around it; the kind of a `HalError` chooses the code. */
export function mapperErrorOf(cause: unknown): MapperError {
  if (cause instanceof MapperError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new MapperError(codeOf(cause), message, { cause });
}

function codeOf(cause: unknown): "DEVICE_BUSY" | "CONFIG_INVALID" | "DEVICE_IO" {
  if (!(cause instanceof HalError)) return "DEVICE_IO";
  if (cause.kind === "busy") return "DEVICE_BUSY";
  return cause.kind === "unknown" || cause.kind === "unsupported" ? "CONFIG_INVALID" : "DEVICE_IO";
}

/** A reason that is one of our errors stays what it is: a runner aborts with the error its caller should see. */
function abortedBy({ reason }: AbortSignal): MapperError {
  if (reason instanceof MapperError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new MapperError("DEVICE_ABORTED", `the operation was given up: ${why}`, { cause: reason });
}
