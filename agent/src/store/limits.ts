/** Bounds of the store. All of them are shown in docs/reference/storage.md. */
export interface StoreLimits {
  /** Size of `twins.db` at which commits that need more room fail, in bytes. Default 256 MiB. */
  readonly databaseBytes: number;
  /** Lines of the cause log kept for each property, 1 to 16384. Default 32. */
  readonly causesPerProperty: number;
  /** From this size on the write-ahead log is worked off at the next quiet moment, in bytes. Default 1 MiB. */
  readonly walIdleBytes: number;
  /** At this size it is worked off before the next commit, in bytes; the file stays below it plus one group. Default 4 MiB. */
  readonly walBytes: number;
}

/** Room for causes of one property in the row ids of the cause table; `causesPerProperty` cannot exceed it. */
export const causeStride = 16_384;

/** What applies when nothing is configured. */
export const defaultLimits: StoreLimits = {
  databaseBytes: 256 * 1024 * 1024,
  causesPerProperty: 32,
  walIdleBytes: 1024 * 1024,
  walBytes: 4 * 1024 * 1024,
};

/** Fills in the defaults. @throws RangeError naming the limit, its value and what is allowed. */
export function checkLimits(limits: Partial<StoreLimits>): StoreLimits {
  const all = { ...defaultLimits, ...limits };
  check("databaseBytes", all.databaseBytes, { min: 64 * 1024, max: 2 ** 40 });
  check("causesPerProperty", all.causesPerProperty, { min: 1, max: causeStride });
  check("walBytes", all.walBytes, { min: 64 * 1024, max: 2 ** 30 });
  check("walIdleBytes", all.walIdleBytes, { min: 0, max: all.walBytes });
  return all;
}

function check(name: keyof StoreLimits, value: number, { min, max }: { min: number; max: number }): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`limits.${name} is ${value}; it has to be a whole number from ${min} to ${max}`);
}
