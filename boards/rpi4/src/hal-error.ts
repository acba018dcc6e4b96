import { HalError, type HalErrorKind } from "@edgetwin/mapper-sdk";

/** The kinds of the error numbers (errno(3)) that GPIO and PWM drivers answer with. */
const kinds: Readonly<Record<string, HalErrorKind>> = {
  EBUSY: "busy",
  EACCES: "permission",
  EPERM: "permission",
  ENODEV: "disconnected",
  ENXIO: "disconnected",
  EBADF: "disconnected",
  EINVAL: "unsupported",
  EOPNOTSUPP: "unsupported",
  ENOTSUP: "unsupported",
  ENOENT: "unknown",
  ETIMEDOUT: "timeout",
};

/** The error code of a failed system call, e.g. `"EBUSY"`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** A failed system call as a HalError saying what was tried; a HalError passes unchanged. */
export function halError(error: unknown, tried: string): HalError {
  if (error instanceof HalError) return error;
  const code = systemCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new HalError((code && kinds[code]) || "other", `${tried}: ${reason}`, { cause: error });
}
