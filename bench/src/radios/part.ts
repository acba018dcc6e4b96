/** What one radio's part of the bench found, by name; the names begin with the radio's. */
export type RadioMetrics = Readonly<Record<string, number>>;

/** Measures one mapper for so many seconds. */
export type MeasureRadio = (seconds: number) => Promise<RadioMetrics>;

/** The value below which `share` of the others lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
