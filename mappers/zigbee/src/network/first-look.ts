import { featureNames, featureOf } from "../features/features.ts";
import type { KnownDevice } from "./library.ts";

/** What tells more about a device than its clusters do: kind of a zone, abilities of a lamp. */
const hints: Readonly<Record<string, readonly string[]>> = {
  ssIasZone: ["zoneType"],
  lightingColorCtrl: ["colorCapabilities"],
};

/**
 * Reads everything that is known by name once, while a device that has just joined still listens. The library keeps the
 * answers: a sleepy device has values from the start, and `discover` knows what is really there. What a device refuses
 * or does not answer is left out.
 */
export async function takeFirstLook(device: KnownDevice, timeout: number): Promise<void> {
  for (const endpoint of device.endpoints) {
    for (const { name, ID } of endpoint.getInputClusters()) {
      const known = featureNames.map(featureOf).filter(({ clusterId }) => clusterId === ID);
      const scaling = known.flatMap(({ scaling }) => (scaling ? [scaling.multiplier, scaling.divisor] : []));
      const attributes = new Set([
        ...known.flatMap(({ attributes }) => attributes),
        ...scaling,
        ...(hints[name] ?? []),
      ]);
      for (const part of inParts([...attributes], 5)) {
        await endpoint.read(name, part as never, { timeout, disableRecovery: true }).catch(() => undefined);
      }
    }
  }
}

/** Answers must fit one frame: some devices do not split them. */
function* inParts<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
