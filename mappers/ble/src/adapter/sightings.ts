import type { Advertisement } from "../hci/advertisement.ts";

/** What is known of a device from all it said lately. */
export interface Sighting {
  readonly address: string;
  /** The last advertisement, which says whether it can be connected. */
  readonly heard: Advertisement;
  readonly name: string | undefined;
  readonly services: ReadonlySet<string>;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** More devices than this are not remembered: phones take a new address every quarter of an hour. */
const most = 500;

/** The devices that were heard lately, bounded: the one that was silent for longest goes first. */
export class Sightings {
  readonly #sightings = new Map<string, Sighting>();

  get size(): number {
    return this.#sightings.size;
  }

  add(heard: Advertisement, atMs: number): Sighting {
    const before = this.#sightings.get(heard.address);
    this.#sightings.delete(heard.address);
    const services =
      before && heard.services.every((uuid) => before.services.has(uuid))
        ? before.services
        : new Set([...(before?.services ?? []), ...heard.services, ...heard.serviceData.keys()].slice(-32));
    const sighting: Sighting = {
      address: heard.address,
      heard: heard.isScanResponse && before ? before.heard : heard,
      name: heard.name ?? before?.name,
      services,
      atMs,
    };
    this.#sightings.set(heard.address, sighting);
    if (this.#sightings.size > most)
      for (const oldest of this.#sightings.keys()) {
        this.#sightings.delete(oldest);
        break;
      }
    return sighting;
  }

  values(): Iterable<Sighting> {
    return this.#sightings.values();
  }

  get(address: string): Sighting | undefined {
    return this.#sightings.get(address);
  }
}
