import { useEffect, useState } from "preact/hooks";
import { ask, pathOf } from "./agent.ts";
import { linePath } from "./chart-path.ts";
import type { Past, Twin } from "./json.ts";

/** Long enough for the card not to be asked for each drawing. */
const refreshMs = 60_000;
const [width, height, points] = [96, 24, 48];

/** The last hour of a number, as small as a word; nothing for texts and switches. */
export function Sparkline({ device, twin }: { readonly device: string; readonly twin: Twin }) {
  const isNumber = twin.type === "INT" || twin.type === "FLOAT" || twin.type === "DOUBLE";
  const [past, setPast] = useState<Past>();
  useEffect(() => {
    if (!isNumber) return;
    let over = false;
    const load = () =>
      ask<Past>(`${pathOf(device, twin.propertyName)}/history?from=1h&points=${points}`).then(
        (found) => over || setPast(found),
        () => undefined, // decoration: its absence says enough
      );
    load();
    const timer = setInterval(load, refreshMs);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [device, twin.propertyName, isNumber]);
  if (!past) return null;
  const values = past.items.map(({ mean }) => mean ?? null);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={linePath(values, { width, height })} />
    </svg>
  );
}
