import { HalError, type HalErrorKind, type NackPhase } from "@edgetwin/mapper-sdk";
import { systemCode } from "../hal-error.ts";

/** Which adapter failed, and whether it is still there. */
export interface Failed {
  /** What was tried: `i2c-1 0x76`. */
  readonly where: string;
  /** The adapter's name in sysfs, e.g. `bcm2835 (i2c@7e804000)`. */
  readonly adapter: string;
  readonly present: boolean;
}

interface Reading {
  readonly kind: HalErrorKind;
  readonly says: string;
  readonly phase?: NackPhase;
}

/** What the kernel's numbers mean on a bus: Documentation/i2c/fault-codes.rst, and the drivers where those differ. */
const readings: Readonly<Record<string, Reading>> = {
  // i2c-bcm2835.c: the ERR bit, "slave did not acknowledge"; which byte it was, the controller does not say.
  EREMOTEIO: { kind: "nack", says: "no chip acknowledges; check its wiring, its power and its address (i2cdetect -y)" },
  ENXIO: { kind: "nack", phase: "address", says: "no chip answers; check its wiring, its power and its address" },
  EAGAIN: { kind: "arbitration", says: "another master won the bus" },
  EBUSY: {
    kind: "bus-stuck",
    says: "the bus does not become free: somebody holds SDA or SCL low; power-cycle the chips",
  },
  ETIMEDOUT: {
    kind: "timeout",
    says: "the transaction does not end: a chip stretches the clock for too long or holds the bus low; check the pull-ups, try dtparam=i2c_arm_baudrate=50000",
  },
  ENODEV: { kind: "disconnected", says: "the bus is gone" },
  ESHUTDOWN: { kind: "disconnected", says: "the bus is going to sleep" },
  EBADF: { kind: "disconnected", says: "the bus has been closed" },
  ENOENT: { kind: "disconnected", says: "the bus is gone" },
  EACCES: { kind: "permission", says: "the bus may not be opened any more" },
  EOPNOTSUPP: { kind: "unsupported", says: "the adapter cannot do such a transaction" },
  ENOTSUP: { kind: "unsupported", says: "the adapter cannot do such a transaction" },
  EINVAL: { kind: "unsupported", says: "the adapter refuses such a transaction" },
};

/** A failed transaction as a HalError. */
export function i2cError(error: unknown, { where, adapter, present }: Failed): HalError {
  if (error instanceof HalError) return error;
  const code = codeOf(error);
  const { kind, says, phase } = readingOf(code, { adapter, present }) ?? {
    kind: "other",
    says: error instanceof Error ? error.message : String(error),
  };
  return new HalError(kind, `${where}: ${says}${code ? ` (${code})` : ""}`, { cause: error, ...(phase && { phase }) });
}

function readingOf(code: string | undefined, { adapter, present }: Pick<Failed, "adapter" | "present">) {
  // i2c-bcm2835.c ends with EIO when its clock-stretch timer (CLKT) ran out; elsewhere the number says nothing.
  if (code === "EIO" && adapter.startsWith("bcm2835")) return readings.ETIMEDOUT;
  // i2c-stub and several USB adapters answer ENODEV for an address without a chip.
  if (code === "ENODEV" && present) return readings.ENXIO;
  return code === undefined ? undefined : readings[code];
}

/** i2c-bus's synchronous calls give their errors an empty code; the text is the C library's. */
function codeOf(error: unknown): string | undefined {
  const code = systemCode(error);
  if (code) return code;
  return error instanceof Error && /Remote I\/O error/.test(error.message) ? "EREMOTEIO" : undefined;
}
