import type { Device, Twin } from "./json.ts";

/** Everything the watch told so far. */
export interface Twins {
  readonly devices: ReadonlyMap<string, Device>;
  /** Whether the snapshot is complete. */
  readonly synced: boolean;
}

/** Nothing is known. */
export const noTwins: Twins = { devices: new Map(), synced: false };

/** `namespace/name` of a device. */
export const idOf = ({ metadata }: Device): string => `${metadata.namespace}/${metadata.name}`;

/** What is known after one event of the watch. Events that nobody knows change nothing. */
export function afterEvent(twins: Twins, event: string, data: unknown): Twins {
  switch (event) {
    case "resync":
      // What is shown stays until the snapshot is there: a page that empties itself tells nobody anything.
      return { ...twins, synced: false };
    case "synced":
      return { ...twins, synced: true };
    case "device": {
      const device = data as Device;
      return { ...twins, devices: new Map(twins.devices).set(idOf(device), device) };
    }
    case "deleted": {
      const { kind, namespace, name } = data as { kind: string; namespace: string; name: string };
      if (kind !== "Device") return twins;
      const devices = new Map(twins.devices);
      devices.delete(`${namespace}/${name}`);
      return { ...twins, devices };
    }
    case "twin": {
      const { device, properties, withdrawn = [] } = data as TwinChange;
      return changed(twins, device, (one) => {
        const known = new Map(one.status.twins.map((twin) => [twin.propertyName, twin]));
        for (const twin of properties) known.set(twin.propertyName, twin);
        for (const name of withdrawn) known.delete(name);
        return { ...one, status: { ...one.status, twins: [...known.values()] } };
      });
    }
    case "health": {
      const { device, state, reason } = data as { device: string; state: string; reason?: string };
      return changed(twins, device, (one) => {
        const { reason: _, ...status } = one.status;
        return { ...one, status: { ...status, state, ...(reason !== undefined && { reason }) } };
      });
    }
    default:
      return twins;
  }
}

interface TwinChange {
  readonly device: string;
  readonly properties: readonly Twin[];
  readonly withdrawn?: readonly string[];
}

function changed(twins: Twins, id: string, change: (device: Device) => Device): Twins {
  const device = twins.devices.get(id);
  if (!device) return twins;
  return { ...twins, devices: new Map(twins.devices).set(id, change(device)) };
}

/** The devices that a snapshot no longer named are gone. */
export function withoutOthers(twins: Twins, named: ReadonlySet<string>): Twins {
  return { ...twins, devices: new Map([...twins.devices].filter(([id]) => named.has(id))) };
}
