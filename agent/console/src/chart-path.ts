/** Size of a drawing. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Lowest and highest of the known values; a flat line gets room above and below. */
export function rangeOf(values: readonly (number | null)[]): readonly [low: number, high: number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return undefined;
  const room = low === high ? Math.max(1, Math.abs(low) * 0.05) : 0;
  return [low - room, high + room];
}

/** Where a value is drawn. */
export const heightOf = (value: number, [low, high]: readonly [number, number], height: number): number =>
  height - 1 - ((value - low) / (high - low)) * (height - 2);

const round = (value: number): number => Math.round(value * 10) / 10;

/** How a line is drawn. */
export interface LineOptions extends Box {
  /** The scale; default that of the values themselves. */
  readonly range?: readonly [low: number, high: number];
}

/** Path of an SVG line through values at equal distances, broken where nothing is known. */
export function linePath(values: readonly (number | null)[], options: LineOptions): string {
  const { width, height, range = rangeOf(values) } = options;
  if (!range) return "";
  const step = width / Math.max(1, values.length - 1);
  let isBroken = true;
  return values
    .map((value, index) => {
      if (value === null) {
        isBroken = true;
        return "";
      }
      const command = isBroken ? "M" : "L";
      isBroken = false;
      return `${command}${round(index * step)} ${round(heightOf(value, range, height))}`;
    })
    .join("");
}

/** Paths of the band between lowest and highest, one for each run of known values. */
export function bandPaths(
  items: readonly { readonly min: number | null; readonly max: number | null }[],
  { width, height }: Box,
): readonly string[] {
  const range = rangeOf(items.flatMap(({ min, max }) => [min, max]));
  if (!range) return [];
  const step = width / Math.max(1, items.length - 1);
  const runs: { at: number; min: number; max: number }[][] = [[]];
  for (const [index, { min, max }] of items.entries()) {
    if (min === null || max === null) runs.push([]);
    else runs.at(-1)?.push({ at: round(index * step), min, max });
  }
  return runs
    .filter((run) => run.length > 0)
    .map((run) => {
      const upper = run.map(({ at, max }) => `${at} ${round(heightOf(max, range, height))}`);
      const lower = run.map(({ at, min }) => `${at} ${round(heightOf(min, range, height))}`).reverse();
      return `M${[...upper, ...lower].join("L")}Z`;
    });
}
