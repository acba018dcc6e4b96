import { AbortRace } from "./abort-race.ts";
import { MapperError } from "./errors.ts";
import { HalError } from "./hal.ts";
import type { Awaitable } from "./mapper.ts";

/**
 * Runs driver code once so that whatever it throws leaves as one of our codes, with the original as the cause, and so
 * that its caller is free the moment `signal` aborts; see {@link AbortRace} for what becomes of the driver then.
 *
 * @param wrap makes one of our errors of what the driver threw.
 */
export async function attempt<T>(
  action: () => Awaitable<T>,
  signal: AbortSignal,
  wrap: (cause: unknown) => MapperError = mapperErrorOf,
): Promise<T> {
  const race = new AbortRace(signal);
  try {
    race.check();
    return await race.wait(action());
  } catch (cause) {
    throw wrap(cause);
  } finally {
    race[Symbol.dispose]();
  }
}

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
