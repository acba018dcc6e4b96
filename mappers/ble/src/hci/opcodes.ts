/** Commands that are looked at on their way to the controller (Core 5.4, volume 4, part E 7). */
export const opcode = {
  disconnect: 0x0406,
  reset: 0x0c03,
  leSetScanParameters: 0x200b,
  leSetScanEnable: 0x200c,
  leCreateConnection: 0x200d,
  leCreateConnectionCancel: 0x200e,
} as const;

/** Events that are looked at on their way to the host. */
export const event = {
  disconnectionComplete: 0x05,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  completedPackets: 0x13,
  leMeta: 0x3e,
} as const;

/** Subevents of the LE meta event. */
export const subevent = {
  connectionComplete: 0x01,
  advertisingReport: 0x02,
  enhancedConnectionComplete: 0x0a,
  extendedAdvertisingReport: 0x0d,
} as const;

/** Fixed channels of L2CAP on an LE link. */
export const channel = { att: 4, signaling: 5, smp: 6 } as const;

/** A command as people look it up: `"0x200c"`. */
export const opcodeName = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;
