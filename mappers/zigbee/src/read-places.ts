import { MapperError } from "@edgetwin/mapper-sdk";
import type { ZigbeeDevice } from "./device.ts";
import type { RawAttributes } from "./features/feature.ts";
import { knownAttributes, type Place } from "./place.ts";
import { refused } from "./refused.ts";

/** Places that one request can ask for. */
interface Group {
  readonly places: Place[];
}

/**
 * Reads places with one request for each cluster of an endpoint. Where a device refuses one of several, each is asked
 * for alone. By name of the property a value, or the Error that kept it.
 */
export async function readPlaces(
  device: ZigbeeDevice,
  places: readonly Place[],
  { goOn }: { goOn(): boolean },
): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = Object.create(null);
  const groups = [...groupsOf(places)];
  for (let group = groups.shift(), first = true; group && (first || goOn()); group = groups.shift(), first = false) {
    const [sample] = group.places;
    if (!sample) continue;
    try {
      const raw = await ask(device, sample, group.places);
      for (const place of group.places) results[place.binding.name] = decoded(device, place, raw);
    } catch (error) {
      const failure = refused(error, {
        ieee: device.ieee,
        what: group.places.map(({ binding }) => binding.name).join(", "),
      });
      if (failure.code === "CONFIG_INVALID" && group.places.length > 1)
        groups.unshift(...group.places.map((place) => ({ places: [place] })));
      else for (const { binding } of group.places) results[binding.name] = failure;
    }
  }
  return results;
}

function groupsOf(places: readonly Place[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const place of places) {
    const key = `${place.endpoint}/${place.cluster}/${place.binding.manufacturerCode}`;
    const group = groups.get(key) ?? { places: [] };
    groups.set(key, group);
    group.places.push(place);
  }
  return groups.values();
}

function ask(
  device: ZigbeeDevice,
  { endpoint: id, cluster, binding }: Place,
  places: readonly Place[],
): Promise<RawAttributes> {
  const wanted = [...new Set(places.flatMap(({ attributes }) => attributes))];
  const endpoint = device.known.getEndpoint(id);
  if (!endpoint) throw new MapperError("DEVICE_IO", `${device.ieee} has no endpoint ${id} any more`);
  const { manufacturerCode } = binding;
  const what = places.map(({ binding }) => binding.name).join(", ");
  const options = { timeout: device.timeoutMs, ...(manufacturerCode !== undefined && { manufacturerCode }) };
  const read = (disableRecovery: boolean) => endpoint.read(cluster, wanted as never, { ...options, disableRecovery });
  return device.attempt(what, read, { search: false }) as Promise<RawAttributes>;
}

function decoded(device: ZigbeeDevice, place: Place, raw: RawAttributes): unknown {
  const value = place.binding.decode({ ...knownAttributes(device.known, place), ...raw });
  return value ?? new MapperError("DEVICE_IO", `${device.ieee} says that it has no valid ${place.binding.name} now`);
}
