const nsPerMs = 1_000_000n;

/** Nanoseconds of v1alpha2 as milliseconds, rounded up: nothing is polled more often than was asked for. */
export function cycleToMs(cycle: unknown): number | bigint | undefined {
  const ns = integerOf(cycle);
  return ns === undefined || ns < 0n ? undefined : narrow((ns + nsPerMs - 1n) / nsPerMs);
}

/** Milliseconds of v1beta1 as nanoseconds; undefined beyond the 64 bits of the field. */
export function cycleToNs(cycle: unknown): number | bigint | undefined {
  const ms = integerOf(cycle);
  if (ms === undefined || ms < 0n) return undefined;
  const ns = ms * nsPerMs;
  return BigInt.asIntN(64, ns) === ns ? narrow(ns) : undefined;
}

/** KubeEdge's "never" before v1beta1. */
export const isNever = (cycle: unknown): boolean => integerOf(cycle) === -1n;

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}

const narrow = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
