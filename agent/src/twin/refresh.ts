import type { Value } from "@edgetwin/mapper-sdk";
import { reduceChange } from "./change.ts";
import { nothing } from "./outcome.ts";
import { isRefresh, sourceOf } from "./report.ts";
import type { DeviceTwin, Outcome, Reading, TwinEvent } from "./types.ts";

/**
 * Readings that say what the twin says. A thousand properties are read every second: nothing is made for each of them.
 * What the twin has otherwise by now, because another door reported it or its quality was bad, is put like any reading.
 */
export function reduceRefresh(device: DeviceTwin, event: Extract<TwinEvent, { kind: "refresh" }>): Outcome {
  const { at, origin, names, values } = event;
  const source = sourceOf(origin);
  const reading = { value: undefined as unknown as Value, at, source };
  let others: Record<string, Reading> | undefined;
  // By index: an iterator makes an object for each step as long as the engine has not optimized this.
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const twin = device.twins.get(name);
    reading.value = values[index] as Value;
    if (twin && isRefresh(twin, reading)) continue;
    others ??= Object.create(null) as Record<string, Reading>;
    others[name] = { raw: { value: reading.value } };
  }
  if (!others) return { ...nothing, refreshed: { at, names } };
  const known = others;
  const outcome = reduceChange(device, { kind: "change", at, origin, reported: known });
  return { ...outcome, refreshed: { at, names: names.filter((name) => !(name in known)) } };
}
