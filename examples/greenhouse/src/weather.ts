import type { Air } from "./air.ts";

/** What comes from outside the greenhouse. */
export interface Weather {
  readonly air: Air;
  /** Hectopascal. */
  readonly pressure: number;
  /** Heat of the sun through the glass. */
  readonly sunWatts: number;
}

const hourMs = 3_600_000;

/** A wave between -1 and 1 that peaks at `peakHour` of each period. */
const wave = (hours: number, peakHour: number, periodHours: number): number =>
  Math.cos((2 * Math.PI * (hours - peakHour)) / periodHours);

/** A dry day in spring: coldest before sunrise, warmest at three in the afternoon (UTC), and slow changes of pressure. */
export function weatherAt(epochMs: number): Weather {
  const hours = epochMs / hourMs;
  return {
    air: { temperature: 11 + 6 * wave(hours, 15, 24), humidity: 65 - 20 * wave(hours, 15, 24) },
    pressure: 1013 + 6 * wave(hours, 0, 90),
    sunWatts: 500 * Math.max(0, wave(hours, 12, 24)),
  };
}
