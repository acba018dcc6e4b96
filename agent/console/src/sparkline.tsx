import { pathOf } from "./agent.ts";
import { linePath } from "./chart-path.ts";
import type { Past, Twin } from "./json.ts";
import { usePolled } from "./polled.ts";

/** Long enough for the card not to be asked for each drawing. */
const refreshMs = 60_000;
const [width, height, points] = [96, 24, 48];

/** The last hour of a number, as small as a word; nothing for texts and switches. */
export function Sparkline({ device, twin }: { readonly device: string; readonly twin: Twin }) {
  const isNumber = twin.type === "INT" || twin.type === "FLOAT" || twin.type === "DOUBLE";
  const path = isNumber ? `${pathOf(device, twin.propertyName)}/history?from=1h&points=${points}` : undefined;
  const { answer: past } = usePolled<Past>(path, refreshMs);
  if (!past) return null;
  const values = past.items.map(({ mean }) => mean ?? null);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={linePath(values, { width, height })} />
    </svg>
  );
}
