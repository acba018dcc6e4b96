import type { BacnetServices, IAm, PropertyPlace, PropertyResult } from "../client/bacnet-library.ts";
import { BacnetRefusal } from "../names/refusals.ts";

/** Bytes of an answer that are no results, and bytes that one number with its place takes in it. */
const answerBytes = { overhead: 12, place: 13 };
/** What is assumed of a device that has not said: most have at least this (ASHRAE 135 20.1.2.5). */
const assumedApdu = 480;
const ourApdu = 1476;

/**
 * How many properties a device is asked for at once. Begins with what fits into one message of its size, and takes less
 * after a refusal for length; devices without ReadPropertyMultiple are asked for one after the other.
 */
export class ReadSizes {
  #places = placesIn(assumedApdu);
  #refused = Number.POSITIVE_INFINITY;
  #multiple = true;

  /** Properties in the next request. */
  get places(): number {
    return this.#multiple ? Math.max(1, Math.min(this.#places, this.#refused)) : 1;
  }

  /** What the device said about itself. */
  know({ maxApdu }: Pick<IAm, "maxApdu" | "segmentation">): void {
    this.#places = placesIn(Math.min(maxApdu, ourApdu));
  }

  /** Results for some of `places`, from the first on. */
  async read(services: BacnetServices, places: readonly PropertyPlace[]): Promise<(PropertyResult | undefined)[]> {
    const [first] = places;
    if (!first) return [];
    if (places.length === 1 || !this.#multiple) return [await single(services, first)];
    try {
      const results = await services.readPropertyMultiple(places);
      return results.map((result) => result ?? new BacnetRefusal("error", 0));
    } catch (error) {
      if (!(error instanceof BacnetRefusal)) throw error;
      if (error.isUnknownService) this.#multiple = false;
      else if (error.isTooLong) this.#refused = Math.max(1, Math.floor(places.length / 2));
      else return await oneByOne(services, places); // it refuses all for the sake of one
      return await this.read(services, places.slice(0, this.places));
    }
  }
}

const placesIn = (apdu: number): number => Math.max(1, Math.floor((apdu - answerBytes.overhead) / answerBytes.place));

async function oneByOne(services: BacnetServices, places: readonly PropertyPlace[]): Promise<PropertyResult[]> {
  const results: PropertyResult[] = [];
  for (const place of places) results.push(await single(services, place));
  return results;
}

async function single(services: BacnetServices, place: PropertyPlace): Promise<PropertyResult> {
  try {
    return await services.readProperty(place);
  } catch (error) {
    if (error instanceof BacnetRefusal) return error;
    throw error;
  }
}
