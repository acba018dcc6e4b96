import { MapperError, parseDuration } from "@edgetwin/mapper-sdk";
import { annotations, type Device } from "@edgetwin/models";
import { type ChangeFilter, defaultFilter } from "../runner/change-filter.ts";

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** Milliseconds between readings, by property, where the device says so. */
export function cyclesOf(device: Device): ReadonlyMap<string, number> {
  const cycles = (device.spec.properties ?? []).flatMap(({ name, collectCycle }): [string, number][] =>
    collectCycle ? [[name, collectCycle]] : [],
  );
  return cycles.length > 0 ? new Map(cycles) : none;
}

/** Which readings are noise, by the device's annotation. @throws MapperError `CONFIG_INVALID` naming annotation and property. */
export function filtersOf(device: Device): ReadonlyMap<string, ChangeFilter> {
  const text = device.metadata.annotations?.[annotations.filters];
  if (text === undefined) return none;
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, { deadBand?: number; heartbeat?: unknown }>);
    return new Map(entries.map(([name, { deadBand, heartbeat }]) => [name, filterOf(name, deadBand, heartbeat)]));
  } catch (cause) {
    if (cause instanceof MapperError) throw cause;
    const message = `annotation ${annotations.filters} is not JSON like {"temperature":{"deadBand":0.5}}: ${text}`;
    throw new MapperError("CONFIG_INVALID", message, { cause });
  }
}

function filterOf(name: string, deadBand: unknown = 0, heartbeat: unknown = defaultFilter.heartbeatMs): ChangeFilter {
  const heartbeatMs = parseDuration(heartbeat);
  if (typeof deadBand === "number" && deadBand >= 0 && heartbeatMs !== undefined) return { deadBand, heartbeatMs };
  const message = `annotation ${annotations.filters}, ${name}: deadBand is a number of at least 0, heartbeat a duration like "1min"`;
  throw new MapperError("CONFIG_INVALID", message);
}
