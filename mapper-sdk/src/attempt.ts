import { MapperError } from "./errors.ts";
import { HalError } from "./hal.ts";
import type { Awaitable } from "./mapper.ts";

/** Runs driver code so that whatever it throws leaves as one of our codes, with the original as the cause. */
export async function attempt<T>(action: () => Awaitable<T>, signal: AbortSignal): Promise<T> {
  try {
    signal.throwIfAborted();
    return await action();
  } catch (cause) {
    if (signal.aborted) throw aborted(signal);
    if (cause instanceof MapperError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new MapperError(codeOf(cause), message, { cause });
  }
}

function codeOf(cause: unknown): "DEVICE_BUSY" | "CONFIG_INVALID" | "DEVICE_IO" {
  if (!(cause instanceof HalError)) return "DEVICE_IO";
  if (cause.kind === "busy") return "DEVICE_BUSY";
  return cause.kind === "unknown" || cause.kind === "unsupported" ? "CONFIG_INVALID" : "DEVICE_IO";
}

function aborted({ reason }: AbortSignal): MapperError {
  if (reason instanceof MapperError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new MapperError("DEVICE_ABORTED", `the operation was given up: ${why}`, { cause: reason });
}
