/**
 * A part of its node that a device has for itself: a GPIO line, an address on a bus, the settings of a serial line. Two
 * devices of one node that claim the same resource conflict, unless both name the same `as`.
 */
export interface Claim {
  /** What is claimed, e.g. `"GPIO17"` or `"i2c-1 0x76"`; the same text for the same thing, however a manifest writes it. */
  readonly resource: string;
  /** In which use it may be shared, e.g. `"bme280"`; a claim without it shares with nobody. */
  readonly as?: string;
  /** The property that needs it; missing when the device as a whole does. */
  readonly property?: string;
}

/** Whether two devices of one node cannot both have what they claim. */
export const isConflict = (a: Claim, b: Claim): boolean =>
  a.resource === b.resource && (a.as === undefined || a.as !== b.as);
